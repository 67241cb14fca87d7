/** Waits for the promise, or rejects with the signal's own reason as soon as it is aborted. */
export type WaitUnlessAborted = <T>(
  waited: Promise<T> | T,
  signal: AbortSignal | null | undefined,
) => Promise<T>;

interface Waiting {
  readonly calls: Set<() => void>;
  readonly tellAll: () => void;
}

/**
 * One listener for each signal, however many calls wait under it: Node warns from the eleventh on, and hundreds of
 * calls often share the one signal of a shutdown.
 */
export function createAbortableWait(): WaitUnlessAborted {
  const bySignal = new WeakMap<AbortSignal, Waiting>();

  function listen(signal: AbortSignal): Waiting {
    const calls = new Set<() => void>();
    const waiting = { calls, tellAll: (): void => calls.forEach((giveUp) => giveUp()) };
    bySignal.set(signal, waiting);
    signal.addEventListener('abort', waiting.tellAll, { once: true });
    return waiting;
  }

  function leave(signal: AbortSignal, { calls, tellAll }: Waiting, giveUp: () => void): void {
    calls.delete(giveUp);
    if (calls.size > 0) return;
    bySignal.delete(signal);
    signal.removeEventListener('abort', tellAll);
  }

  return (waited, signal) => {
    const promise = Promise.resolve(waited);
    if (!signal) return promise;
    return new Promise((resolve, reject) => {
      const giveUp = (): void => reject(abortReason(signal));
      const waiting = bySignal.get(signal) ?? listen(signal);
      waiting.calls.add(giveUp);
      void promise.then(resolve, reject).finally(() => leave(signal, waiting, giveUp));
      if (signal.aborted) giveUp();
    });
  };
}

/** @throws the signal's own reason, if it is aborted. */
export function throwIfAborted(signal: AbortSignal | null | undefined): void {
  if (signal?.aborted) throw abortReason(signal);
}

/**
 * What a client was given as its signal, if it is one. Some take other things too, such as an EventEmitter, and look
 * after them by themselves.
 */
export function readSignal(signal: unknown): AbortSignal | undefined {
  const isSignal = typeof (signal as Partial<AbortSignal> | undefined)?.addEventListener === 'function';
  return isSignal ? (signal as AbortSignal) : undefined;
}

/** Signals of the package `abort-controller`, which node-fetch 2 is often given, have no reason. */
function abortReason(signal: AbortSignal): unknown {
  return signal.reason ?? new DOMException('This operation was aborted', 'AbortError');
}
