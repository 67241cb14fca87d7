import type { KeyEvent } from './key-event.ts';

export interface EventHub {
  /** The event is only built when there is somebody to tell it to. */
  readonly emit: (build: () => KeyEvent) => void;
  /** Tells what is emitted during `run` only after it, so that a listener never sees a state half changed. */
  readonly together: (run: () => void) => void;
  readonly subscribe: (listener: (event: KeyEvent) => void) => () => void;
}

/**
 * Events are told in the order in which they happened, also when a listener causes further ones. A listener that
 * throws or rejects disturbs nobody: events are for observers and can't change a result.
 */
export function createEventHub(): EventHub {
  const listeners = new Set<(event: KeyEvent) => void>();
  const queue: KeyEvent[] = [];
  let busy = false;

  function together(run: () => void): void {
    if (busy) return run();
    busy = true;
    try {
      run();
    } finally {
      flush();
    }
  }

  function flush(): void {
    for (let next = queue.shift(); next; next = queue.shift()) {
      for (const listener of [...listeners]) tellSafely(listener, next);
    }
    busy = false;
  }

  return {
    emit(build) {
      if (listeners.size > 0) together(() => void queue.push(Object.freeze(build())));
    },
    together,
    subscribe(listener) {
      // Wrapped, so that the same function can be subscribed twice and each subscription ends by itself.
      const own = (event: KeyEvent): void => listener(event);
      listeners.add(own);
      return () => void listeners.delete(own);
    },
  };
}

/** Neither what the listener throws nor what an async one rejects with ends the process. */
export function tellSafely<News>(listener: ((news: News) => unknown) | undefined, news: News): void {
  new Promise((resolve) => resolve(listener?.(news))).catch(() => undefined);
}
