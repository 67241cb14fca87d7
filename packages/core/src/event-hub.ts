import type { KeyEvent } from './key-event.ts';

export interface EventHub {
  emit(event: KeyEvent): void;
  subscribe(listener: (event: KeyEvent) => void): () => void;
}

/**
 * Events are told in the order in which they happened, also when a listener causes further ones. A listener that
 * throws or rejects disturbs nobody: events are for observers and can't change a result.
 */
export function createEventHub(): EventHub {
  const listeners = new Set<{ readonly listener: (event: KeyEvent) => void }>();
  const queue: KeyEvent[] = [];
  let telling = false;

  return {
    emit(event) {
      if (listeners.size === 0) return;
      queue.push(Object.freeze(event));
      if (telling) return;
      telling = true;
      for (let next = queue.shift(); next; next = queue.shift()) {
        for (const { listener } of [...listeners]) tell(listener, next);
      }
      telling = false;
    },
    subscribe(listener) {
      const entry = { listener };
      listeners.add(entry);
      return () => void listeners.delete(entry);
    },
  };
}

function tell(listener: (event: KeyEvent) => unknown, event: KeyEvent): void {
  try {
    const result = listener(event);
    // An async listener's rejection would otherwise end the process.
    if (result instanceof Promise) result.catch(() => undefined);
  } catch {
    // See above: a listener's failure is its own.
  }
}
