import { systemRuntime } from '../key-runtime.ts';

/** Waits; an abort ends the wait and rejects with the signal's own reason. */
export function pauseFor(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const cancel = systemRuntime().setTimer(ms, finish, true);
    function finish(): void {
      signal?.removeEventListener('abort', abandon);
      resolve();
    }
    function abandon(): void {
      cancel();
      reject(signal?.reason as Error);
    }
    if (signal?.aborted) return abandon();
    signal?.addEventListener('abort', abandon, { once: true });
  });
}
