import { backOffMs, clampRetryAfterMs } from './back-off.ts';
import { KeyError } from './key-error.ts';
import { runDetached, type KeyRuntime } from './key-runtime.ts';
import type { KeyReading, KeySource, ReadContext, ReadReason } from './key-source.ts';
import { placeOf } from './place.ts';
import type { RetryBucket } from './retry-bucket.ts';
import { toKeyError } from './to-key-error.ts';

export type ReadResult =
  | { readonly reading: KeyReading | undefined; readonly error?: undefined }
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
  readonly isAwaited: () => boolean;
}

const MOST_ATTEMPTS = 3;
const FIRST_PAUSE_MS = 200;

/**
 * One read that ends by its deadline even when the source ignores its signal: most SDKs never end a call by
 * themselves against a server that accepts and then says nothing. The loser of the race is observed, so that it never
 * becomes an unhandled rejection.
 */
export function startBoundedRead(options: BoundedReadOptions): BoundedRead {
  const { source, reason, runtime, bucket, isAwaited } = options;
  const startedMs = runtime.monotonicMs();
  const timer = createRearmableTimer(runtime);
  let controller = new AbortController();
  let settle: (result: ReadResult) => void = () => undefined;

  function attempt(): Promise<ReadResult> {
    const own = new AbortController();
    controller = own;
    const limitMs = Math.min(options.attemptMs, remainingMs());
    return new Promise((resolve) => {
      timer.arm(limitMs, () => {
        const error = timedOut(source, limitMs);
        own.abort(error);
        resolve({ error });
      });
      callSource(source, { signal: own.signal, reason }, runtime).then(
        (reading) => resolve({ reading }),
        (raw: unknown) => resolve({ error: toKeyError(raw, source), raw }),
      );
    });
  }

  async function readWithRetries(): Promise<void> {
    for (let count = 1; ; count++) {
      // Attempts follow one another: that is what a retry is.
      // oxlint-disable-next-line no-await-in-loop
      const outcome = await attempt();
      timer.cancel();
      const pauseMs = outcome.error && retryPauseMs(outcome.error, count);
      if (pauseMs === undefined) return settle(outcome);
      // oxlint-disable-next-line no-await-in-loop
      await new Promise<void>((resolve) => timer.arm(pauseMs, resolve));
      // After a stalled event loop the pause may have eaten the deadline.
      if (!isAwaited() || remainingMs() === 0) return settle(outcome);
    }
  }

  /** Rule 10: undefined when there is to be no further attempt. */
  function retryPauseMs(error: KeyError, count: number): number | undefined {
    const pauseMs = clampRetryAfterMs(error.retryAfterMs) ?? backOffMs(count, runtime, FIRST_PAUSE_MS);
    const mayRetry = error.transient && isAwaited() && count < MOST_ATTEMPTS && pauseMs < remainingMs();
    return mayRetry && bucket.take() ? pauseMs : undefined;
  }

  function remainingMs(): number {
    return Math.max(0, options.deadlineMs - (runtime.monotonicMs() - startedMs));
  }

  const result = new Promise<ReadResult>((resolve) => {
    settle = resolve;
  });
  void readWithRetries();
  return {
    result,
    keepAlive: timer.keepAlive,
    abort(error) {
      timer.cancel();
      settle({ error });
      controller.abort(error);
    },
  };
}

/** Detached, so that a shared read does not carry the context of whoever happened to ask first. */
async function callSource(source: KeySource, context: ReadContext, runtime: KeyRuntime): Promise<KeyReading> {
  return runDetached(runtime, () => source.read(context));
}

function timedOut(source: KeySource, limitMs: number): KeyError {
  return new KeyError({
    code: 'timeout',
    ...placeOf(source),
    message: `no answer within ${Math.round(limitMs)} ms`,
    hint: 'Check that the store can be reached.',
  });
}

interface RearmableTimer {
  arm(ms: number, run: () => void): void;
  readonly keepAlive: (yes: boolean) => void;
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
