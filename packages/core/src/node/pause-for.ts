import { systemRuntime } from '../index.ts';

/** Waits; an abort ends the wait and rejects with the signal's own reason. */
export async function pauseFor(ms: number, signal: AbortSignal | undefined): Promise<void> {
  await new Promise<void>((resolve) => {
    const cancel = systemRuntime().setTimer(ms, finish, true);
    function finish(): void {
      cancel();
      signal?.removeEventListener('abort', finish);
      resolve();
    }
    signal?.addEventListener('abort', finish, { once: true });
    if (signal?.aborted) finish();
  });
  signal?.throwIfAborted();
}
