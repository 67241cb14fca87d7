import { backOffMs, clampRetryAfterMs } from './back-off.ts';
import { KeyError } from './key-error.ts';
import type { KeyRuntime } from './key-runtime.ts';
import type { KeyReading, KeySource, ReadReason } from './key-source.ts';
import type { RetryBucket } from './retry-bucket.ts';
import { toKeyError } from './to-key-error.ts';

export type ReadResult =
  | { readonly reading: KeyReading }
  | { readonly error: KeyError; readonly raw?: unknown };

export interface BoundedRead {
  /** Never rejects. */
  readonly result: Promise<ReadResult>;
  /** Whether the timers of this read may keep the process running: only while a caller waits. */
  keepAlive(yes: boolean): void;
  abort(error: KeyError): void;
}

export interface BoundedReadOptions {
  readonly source: KeySource;
  readonly reason: ReadReason;
  readonly runtime: KeyRuntime;
  /** The bound on the whole read, retries included. */
  readonly deadlineMs: number;
  /** The bound on one attempt. */
  readonly attemptMs: number;
  readonly bucket: RetryBucket;
  /** Only a read that somebody waits for is retried. */
  isAwaited(): boolean;
}

const MOST_ATTEMPTS = 3;
const FIRST_PAUSE_MS = 200;

/**
 * One read that ends by its deadline even when the source ignores its signal: most SDKs never end a call by
 * themselves against a server that accepts and then says nothing. The loser of the race is observed, so that it never
 * becomes an unhandled rejection.
 */
export function startBoundedRead(options: BoundedReadOptions): BoundedRead {
  const { source, runtime, bucket } = options;
  const startedMs = runtime.monotonicMs();
  const timer = createRearmableTimer(runtime);
  let controller = new AbortController();
  let settle: (result: ReadResult) => void = () => undefined;
  let over = false;
  const result = new Promise<ReadResult>((resolve) => {
    settle = resolve;
  });

  function end(outcome: ReadResult): void {
    if (over) return;
    over = true;
    timer.cancel();
    settle(outcome);
  }

  function attempt(count: number): void {
    if (over) return;
    const own = new AbortController();
    controller = own;
    const limitMs = Math.min(options.attemptMs, remainingMs());
    let answered = false;
    const once = (outcome: ReadResult): void => {
      if (answered) return;
      answered = true;
      timer.cancel();
      judge(outcome, count);
    };
    timer.arm(limitMs, () => {
      const error = timedOut(source, limitMs);
      own.abort(error);
      once({ error });
    });
    callSource(source, { signal: own.signal, reason: options.reason }, runtime).then(
      (reading) => once({ reading }),
      (raw: unknown) => once({ error: toKeyError(raw, source), raw }),
    );
  }

  function judge(outcome: ReadResult, count: number): void {
    if (over) return;
    if ('reading' in outcome) {
      bucket.refund();
      end(outcome);
      return;
    }
    const { error } = outcome;
    const pauseMs = clampRetryAfterMs(error.retryAfterMs) ?? backOffMs(count, runtime.random, FIRST_PAUSE_MS);
    const mayRetry = error.transient && options.isAwaited() && count < MOST_ATTEMPTS;
    if (!mayRetry || pauseMs >= remainingMs() || !bucket.take()) {
      end(outcome);
      return;
    }
    timer.arm(pauseMs, () => (options.isAwaited() ? attempt(count + 1) : end(outcome)));
  }

  function remainingMs(): number {
    return Math.max(0, options.deadlineMs - (runtime.monotonicMs() - startedMs));
  }

  attempt(1);
  return {
    result,
    keepAlive: timer.keepAlive,
    abort(error) {
      end({ error });
      controller.abort(error);
    },
  };
}

/** Detached, so that a shared read does not carry the context of whoever happened to ask first. */
async function callSource(
  source: KeySource,
  context: { readonly signal: AbortSignal; readonly reason: ReadReason },
  runtime: KeyRuntime,
): Promise<KeyReading> {
  const read = (): Promise<KeyReading> => source.read(context);
  return runtime.detach ? runtime.detach(read) : read();
}

function timedOut(source: KeySource, limitMs: number): KeyError {
  return new KeyError({
    code: 'timeout',
    source: source.name,
    location: source.location,
    message: `no answer within ${Math.round(limitMs)} ms`,
    hint: 'Check that the store can be reached from here; `deadline` and `attempt` of the policy set the limits.',
  });
}

interface RearmableTimer {
  arm(ms: number, run: () => void): void;
  keepAlive(yes: boolean): void;
  cancel(): void;
}

/** A timer whose claim on the process can change while it runs, because waiters come and go. */
function createRearmableTimer(runtime: KeyRuntime): RearmableTimer {
  let alive = false;
  let pending: { readonly dueMs: number; readonly run: () => void; readonly cancel: () => void } | undefined;

  function arm(ms: number, run: () => void): void {
    pending?.cancel();
    const dueMs = runtime.monotonicMs() + ms;
    const fire = (): void => {
      pending = undefined;
      run();
    };
    pending = { dueMs, run, cancel: runtime.setTimer(ms, fire, alive) };
  }

  return {
    arm,
    keepAlive(yes) {
      if (alive === yes) return;
      alive = yes;
      if (pending) arm(Math.max(0, pending.dueMs - runtime.monotonicMs()), pending.run);
    },
    cancel() {
      pending?.cancel();
      pending = undefined;
    },
  };
}
