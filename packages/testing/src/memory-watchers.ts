/** The open watches of a memory source. */
export interface Watchers {
  /** Settles when the watch is ended or its signal aborts. */
  readonly add: (onChange: () => void, context: { signal: AbortSignal }) => Promise<void>;
  notify(): void;
  end(error?: Error): void;
  count(): number;
}

interface Watch {
  readonly onChange: () => void;
  readonly end: (error?: Error) => void;
}

export function createWatchers(): Watchers {
  const open = new Set<Watch>();

  return {
    add: (onChange, { signal }) =>
      new Promise((resolve, reject) => {
        const stop = (): void => watch.end();
        const watch: Watch = {
          onChange,
          end(error) {
            open.delete(watch);
            signal.removeEventListener('abort', stop);
            if (error) reject(error);
            else resolve();
          },
        };
        if (signal.aborted) {
          resolve();
          return;
        }
        open.add(watch);
        signal.addEventListener('abort', stop, { once: true });
      }),
    notify() {
      const watches = [...open];
      for (const watch of watches) watch.onChange();
    },
    end(error) {
      const watches = [...open];
      for (const watch of watches) watch.end(error);
    },
    count: () => open.size,
  };
}
