/** One caller of `getKey` or `renew` that can't be answered from memory. */
export interface WaitingCaller {
  /** The oldest generation of reads that may answer it with a failure. */
  generation: number;
  /** Called after each read, and when the provider is closed; true when the caller has been answered. */
  answer(): boolean;
}

export interface WaitingCallers {
  readonly size: number;
  /** Adds a caller; an abort of its signal rejects with the signal's own reason and detaches this caller alone. */
  add(caller: WaitingCaller, signal: AbortSignal | undefined, reject: (reason: unknown) => void): void;
  /** Offers the news to every caller; those that take it leave. */
  answer(): void;
  /** The newest generation of reads that somebody waits for; 0 where nobody waits. */
  newestGeneration(): number;
}

/** @param onChange called when the number of callers may have changed. */
export function createWaitingCallers(onChange: () => void): WaitingCallers {
  const callers = new Map<WaitingCaller, () => void>();
  const aborts = new Map<unknown, Set<() => void>>();

  function onAbort({ target }: { readonly target: unknown }): void {
    for (const abort of [...(aborts.get(target) ?? [])]) abort();
  }

  function watchSignal(signal: AbortSignal, abort: () => void): () => void {
    const ofSignal = aborts.get(signal) ?? new Set();
    // One listener per signal however many callers share it: Node warns of a leak from the eleventh on.
    if (ofSignal.size === 0) signal.addEventListener('abort', onAbort);
    aborts.set(signal, ofSignal.add(abort));
    return () => {
      ofSignal.delete(abort);
      if (ofSignal.size > 0) return;
      signal.removeEventListener('abort', onAbort);
      aborts.delete(signal);
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
      let newest = 0;
      for (const { generation } of callers.keys()) newest = Math.max(newest, generation);
      return newest;
    },
  };
}
