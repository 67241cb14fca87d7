import type { KeyRuntime } from '@magic-hour-keys/core';

/** Where the reads of a memory source wait. */
export interface ReadGate {
  /** Resolves when the read may go on; rejects with the signal's reason when that comes first. */
  pass(signal: AbortSignal): Promise<void>;
  shut(): void;
  open(): void;
  delay(ms: number, runtime: KeyRuntime): void;
  inFlight(): number;
  aborted(): number;
}

type Wait = (goOn: () => void) => () => void;

export function createReadGate({ ignoreSignal }: { readonly ignoreSignal: boolean }): ReadGate {
  const waiting = new Set<() => void>();
  let isShut = false;
  let slow: Wait | undefined;
  let inFlight = 0;
  let aborted = 0;

  const untilOpen: Wait = (goOn) => {
    waiting.add(goOn);
    return () => void waiting.delete(goOn);
  };

  function wait(start: Wait, signal: AbortSignal): Promise<void> {
    return new Promise<void>((resolve, reject) => {
      const stop = start(() => {
        signal.removeEventListener('abort', onAbort);
        resolve();
      });
      function onAbort(): void {
        stop();
        reject(signal.reason);
      }
      if (!ignoreSignal) signal.addEventListener('abort', onAbort, { once: true });
    });
  }

  async function pass(signal: AbortSignal): Promise<void> {
    const waits = [...(isShut ? [untilOpen] : []), ...(slow ? [slow] : [])];
    inFlight += 1;
    try {
      for (const start of waits) {
        if (!ignoreSignal) signal.throwIfAborted();
        // A read that hangs is delayed after its release, not meanwhile.
        // oxlint-disable-next-line no-await-in-loop
        await wait(start, signal);
      }
      if (!ignoreSignal) signal.throwIfAborted();
    } catch (reason) {
      aborted += 1;
      throw reason;
    } finally {
      inFlight -= 1;
    }
  }

  return {
    pass,
    shut() {
      isShut = true;
    },
    open() {
      isShut = false;
      for (const goOn of waiting) goOn();
      waiting.clear();
    },
    delay(ms, runtime) {
      // As an open socket would, the timer keeps the process running.
      slow = ms > 0 ? (goOn) => runtime.setTimer(ms, goOn, true) : undefined;
    },
    inFlight: () => inFlight,
    aborted: () => aborted,
  };
}
