/** One caller of `getKey` or `renew` that can't be answered from memory. */
export interface WaitingCaller {
  /** The oldest generation of reads that may answer it with a failure. */
  generation: number;
  /** Called after each read; true when the caller has been answered. */
  answer(): boolean;
  /** Called when the provider is closed. */
  dismiss(): void;
}

export interface WaitingCallers {
  readonly size: number;
  /** Adds a caller; an abort of its signal rejects with the signal's own reason and detaches this caller alone. */
  add(caller: WaitingCaller, signal: AbortSignal | undefined, reject: (reason: unknown) => void): void;
  /** Offers the news to every caller; those that take it leave. */
  answer(): void;
  /** The generations that remain to be served. */
  newestGeneration(): number | undefined;
  dismissAll(): void;
}

interface SignalWatch {
  readonly aborted: Set<() => void>;
  readonly onAbort: () => void;
}

/** @param onChange called when the number of callers may have changed. */
export function createWaitingCallers(onChange: () => void): WaitingCallers {
  const callers = new Map<WaitingCaller, () => void>();
  // One listener per signal however many callers share it: Node warns of a leak from the eleventh on.
  const watches = new Map<AbortSignal, SignalWatch>();

  function watchSignal(signal: AbortSignal, abort: () => void): () => void {
    let watch = watches.get(signal);
    if (!watch) {
      const aborted = new Set<() => void>();
      watch = { aborted, onAbort: () => [...aborted].forEach((run) => run()) };
      watches.set(signal, watch);
      signal.addEventListener('abort', watch.onAbort);
    }
    const { aborted, onAbort } = watch;
    aborted.add(abort);
    return () => {
      aborted.delete(abort);
      if (aborted.size > 0) return;
      signal.removeEventListener('abort', onAbort);
      watches.delete(signal);
    };
  }

  function leave(caller: WaitingCaller): void {
    callers.get(caller)?.();
    callers.delete(caller);
  }

  return {
    get size() {
      return callers.size;
    },
    add(caller, signal, reject) {
      const abort = (): void => {
        leave(caller);
        onChange();
        reject(signal?.reason);
      };
      callers.set(caller, signal ? watchSignal(signal, abort) : () => undefined);
      onChange();
    },
    answer() {
      for (const caller of [...callers.keys()]) {
        if (caller.answer()) leave(caller);
      }
      onChange();
    },
    newestGeneration() {
      let newest: number | undefined;
      for (const { generation } of callers.keys()) newest = Math.max(generation, newest ?? generation);
      return newest;
    },
    dismissAll() {
      for (const caller of [...callers.keys()]) {
        leave(caller);
        caller.dismiss();
      }
      onChange();
    },
  };
}
