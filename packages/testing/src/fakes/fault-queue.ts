import type { RecordedRequest } from '../request-log.ts';

export interface FaultOptions {
  /** How many requests it meets. Default 1; `Infinity` until `heal()`. */
  readonly times?: number | undefined;
  /** Which requests. Default all. */
  readonly which?: ((request: RecordedRequest) => boolean) | undefined;
}

export interface FaultQueue<Fault> {
  add(fault: Fault, options?: FaultOptions): void;
  /** The fault that this request meets, if any: the first in the queue that is meant for it. */
  take(request: RecordedRequest): Fault | undefined;
  clear(): void;
}

interface Entry<Fault> {
  readonly fault: Fault;
  readonly which: (request: RecordedRequest) => boolean;
  timesLeft: number;
}

/** What a fake store does next instead of answering rightly. */
export function createFaultQueue<Fault>(): FaultQueue<Fault> {
  const entries: Entry<Fault>[] = [];
  return {
    add: (fault, { times = 1, which = () => true } = {}) =>
      void entries.push({ fault, which, timesLeft: times }),
    take(request) {
      const entry = entries.find(({ timesLeft, which }) => timesLeft > 0 && which(request));
      if (entry) entry.timesLeft -= 1;
      return entry?.fault;
    },
    clear: () => void entries.splice(0),
  };
}
