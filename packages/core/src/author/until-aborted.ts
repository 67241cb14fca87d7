/**
 * The promise, or a rejection with the signal's own reason when that comes first. What the promise does later is
 * observed and ignored.
 */
export function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason);
    const settle = (): void => signal.removeEventListener('abort', onAbort);
    signal.addEventListener('abort', onAbort, { once: true });
    promise.then(resolve, reject).finally(settle);
    if (signal.aborted) onAbort();
  });
}
