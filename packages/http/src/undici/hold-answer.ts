import type { ApiKey } from '@magic-hour-keys/core';
import { throwIfAborted } from '../abortable.ts';

/** Enough for any API error. */
const MOST_BYTES = 64 * 1024;
const LONGEST_MS = 1000;

/** How to go on after a 401. */
export interface HoldOptions {
  readonly signal: AbortSignal | undefined;
  /** The key with which to send once more, or undefined. */
  renew(): Promise<ApiKey | undefined>;
  sendAgain(other: ApiKey): void;
}

/** The connection on which the 401 comes in. */
export interface HeldConnection {
  resume(): void;
  /** Gives the answer up. */
  stop(): void;
  /** Tells the client of an error. */
  fail(error: unknown): void;
}

type State = 'held' | 'delivering' | 'delivered' | 'discarded' | 'over';

/** A 401 that is kept from the client until it is known whether it will ever see it. */
export interface HeldAnswer {
  /** One more part of the answer. @returns false when no more should come for now. */
  add(deliver: () => unknown, bytes?: number): boolean;
  end(deliver: () => unknown): void;
  /** The client itself has given up: it hears of it at once, and nothing after that. */
  abandon(): void;
}

/**
 * Asks for another key while the answer comes in. With one, the answer is read away, so that its connection can be
 * used again, and the request is sent once more. Without one, the client gets the answer as it came.
 */
export function holdAnswer(options: HoldOptions, connection: HeldConnection): HeldAnswer {
  const parts: (() => unknown)[] = [];
  let bytes = 0;
  let isPaused = false;
  let hasEnded = false;
  let state: State = 'held';
  let onDiscarded: (() => void) | undefined;

  function deliverAll(): void {
    state = 'delivering';
    // What comes in by this is added to the end.
    if (isPaused) connection.resume();
    for (const deliver of parts) deliver();
    state = 'delivered';
  }

  function isOver(): boolean {
    return state === 'over';
  }

  async function discard(): Promise<void> {
    state = 'discarded';
    parts.length = 0;
    if (hasEnded) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, LONGEST_MS);
      onDiscarded = () => {
        clearTimeout(timer);
        resolve();
      };
      if (bytes > MOST_BYTES) onDiscarded();
      else if (isPaused) connection.resume();
    });
    if (!hasEnded) connection.stop();
  }

  async function decide(): Promise<void> {
    try {
      const other = await options.renew();
      if (isOver()) return;
      if (!other) {
        deliverAll();
        return;
      }
      await discard();
      if (isOver()) return;
      throwIfAborted(options.signal);
      options.sendAgain(other);
    } catch (error) {
      if (isOver()) return;
      state = 'over';
      if (!hasEnded) connection.stop();
      connection.fail(error);
    }
  }

  void decide();
  return {
    add(deliver, size = 0) {
      bytes += size;
      if (state === 'delivered') return deliver() !== false;
      if (state === 'held' || state === 'delivering') parts.push(deliver);
      if (state === 'delivering') return true;
      isPaused = bytes > MOST_BYTES;
      if (isPaused && state === 'discarded') onDiscarded?.();
      return !isPaused;
    },
    end(deliver) {
      if (state === 'delivered') deliver();
      if (state === 'held' || state === 'delivering') parts.push(deliver);
      hasEnded = true;
      onDiscarded?.();
    },
    abandon() {
      state = 'over';
      hasEnded = true;
      onDiscarded?.();
    },
  };
}
