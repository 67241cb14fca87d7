import type { KeyRuntime } from '@magic-hour-keys/core';
import { untilAborted } from '@magic-hour-keys/core/author';

/** One call for all who want its result at the same time, such as a login. */
export interface SharedCall<T> {
  /** Starts the call, or joins the one that runs. An abort detaches this caller alone. */
  join(signal: AbortSignal | undefined): Promise<T>;
  /** Whether it runs now. */
  isRunning(): boolean;
  abort(reason: unknown): void;
}

/** The bound on a call, because nobody may be waiting for it any more. */
const LIMIT_MS = 10_000;

export function createSharedCall<T>(
  run: (signal: AbortSignal) => Promise<T>,
  runtime: KeyRuntime,
): SharedCall<T> {
  let running: { readonly result: Promise<T>; readonly controller: AbortController } | undefined;

  function start(): Promise<T> {
    const controller = new AbortController();
    const cancel = runtime.setTimer(LIMIT_MS, () => controller.abort(), false);
    const result = run(controller.signal).finally(() => {
      cancel();
      running = undefined;
    });
    running = { result, controller };
    // Who started it may have gone when it fails, or may never have waited.
    result.catch(() => undefined);
    return result;
  }

  return {
    join(signal) {
      const result = running?.result ?? start();
      return signal ? untilAborted(result, signal) : result;
    },
    isRunning: () => running !== undefined,
    abort: (reason) => running?.controller.abort(reason),
  };
}
