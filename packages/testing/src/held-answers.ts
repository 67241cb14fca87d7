import type { RecordedRequest } from './request-log.ts';

/** Keeps requests unanswered until a test lets them go. */
export interface HeldAnswers {
  hold(which?: (request: RecordedRequest) => boolean): void;
  release(): void;
  /** Resolves at once when this request is not to be held. */
  pass(request: RecordedRequest): Promise<void>;
  /** Resolves as soon as that many requests are held. */
  whenHeld(count: number): Promise<void>;
  /** Lets everything go and ends `whenHeld` with an error. */
  end(): void;
}

interface Waiter {
  readonly count: number;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

export function createHeldAnswers(): HeldAnswers {
  const held = new Set<() => void>();
  const waiters = new Set<Waiter>();
  let which: ((request: RecordedRequest) => boolean) | undefined;

  function release(): void {
    which = undefined;
    for (const letGo of held) letGo();
    held.clear();
  }

  function tellWaiters(): void {
    for (const waiter of waiters) {
      if (held.size < waiter.count) continue;
      waiters.delete(waiter);
      waiter.resolve();
    }
  }

  return {
    hold(selected = () => true) {
      which = selected;
    },
    release,
    async pass(request) {
      if (!which?.(request)) return;
      await new Promise<void>((resolve) => {
        held.add(resolve);
        tellWaiters();
      });
    },
    whenHeld: (count) =>
      new Promise<void>((resolve, reject) => {
        waiters.add({ count, resolve, reject });
        tellWaiters();
      }),
    end() {
      release();
      const error = new Error('the fake API was closed before that many requests were held');
      for (const waiter of waiters) waiter.reject(error);
      waiters.clear();
    },
  };
}
