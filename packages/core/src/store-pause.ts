import { elapsedMs, type Moment } from './age.ts';
import { backOffMs, clampRetryAfterMs } from './back-off.ts';
import type { KeyError } from './key-error.ts';
import type { KeyRuntime } from './key-runtime.ts';

// Rules 3 and 5: when the store may be asked again. One ladder serves both, so that neither a busy service nor a
// crash loop can burn the store's quota.

export interface StorePause {
  /** The error of the newest read, where it failed. */
  readonly lastError: KeyError | undefined;
  isOver(at: Moment): boolean;
  remainingMs(at: Moment): number;
  noteSuccess(): void;
  /** Returns the pause: the store's Retry-After, or the next step of the back-off where that is longer. */
  noteFailure(error: KeyError, at: Moment): number;
  /** A pause that is nobody's fault; never shortens another. */
  extend(forMs: number, at: Moment): void;
  /** The store may be asked at once, and the steps start small again. */
  end(): void;
}

export function createStorePause(runtime: KeyRuntime): StorePause {
  let lastError: KeyError | undefined;
  let failuresInARow = 0;
  let since: Moment | undefined;
  let forMs = 0;

  function remainingMs(at: Moment): number {
    return since ? Math.max(0, forMs - elapsedMs(since, at)) : 0;
  }

  function start(ms: number, at: Moment): void {
    since = at;
    forMs = ms;
  }

  function end(): void {
    failuresInARow = 0;
    since = undefined;
  }

  return {
    get lastError() {
      return lastError;
    },
    remainingMs,
    isOver: (at) => remainingMs(at) <= 0,
    noteSuccess() {
      lastError = undefined;
      end();
    },
    noteFailure(error, at) {
      lastError = error;
      failuresInARow += 1;
      const retryAfterMs = clampRetryAfterMs(error.retryAfterMs) ?? 0;
      // A failure of another read meanwhile must not shorten what the store asked for.
      start(Math.max(retryAfterMs, backOffMs(failuresInARow, runtime), remainingMs(at)), at);
      return forMs;
    },
    extend(ms, at) {
      if (ms > remainingMs(at)) start(ms, at);
    },
    end,
  };
}
