import { backOffMs } from './back-off.ts';
import { runDetached, type KeyRuntime } from './key-runtime.ts';
import type { KeySource } from './key-source.ts';

// Rule 11: the store's own change notices. A watch is a hint and nothing more: when it is silent, wrong or broken,
// the fresh period still holds.

const SHORTEST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 30_000;
/** A stream that lasted this long was healthy: the next pause starts small again. */
const HEALTHY_MS = 60_000;

export interface WatchLoop {
  /** Does nothing when it runs already, or when the source has no watch. */
  start(): void;
  stop(): void;
}

export function createWatchLoop(
  source: KeySource,
  runtime: KeyRuntime,
  onHint: () => void,
  onFailure: () => void,
): WatchLoop {
  let controller: AbortController | undefined;
  let stopped = false;
  let failures = 0;
  let cancelRestart: (() => void) | undefined;

  function run(): void {
    const own = new AbortController();
    controller = own;
    const startedMs = runtime.monotonicMs();
    const hint = (): void => {
      if (!stopped && controller === own) onHint();
    };
    const ended = (failed: boolean): void => {
      if (stopped) return;
      own.abort();
      if (runtime.monotonicMs() - startedMs >= HEALTHY_MS) failures = 0;
      failures += 1;
      const pauseMs = Math.min(LONGEST_PAUSE_MS, Math.max(SHORTEST_PAUSE_MS, backOffMs(failures, runtime)));
      cancelRestart = runtime.setTimer(pauseMs, run, false);
      if (failed) onFailure();
    };
    const watch = async (): Promise<void> => source.watch?.(hint, { signal: own.signal });
    runDetached(runtime, watch).then(
      () => ended(false),
      () => ended(true),
    );
  }

  return {
    start() {
      if (controller || stopped || !source.watch) return;
      run();
    },
    stop() {
      stopped = true;
      cancelRestart?.();
      controller?.abort();
    },
  };
}
