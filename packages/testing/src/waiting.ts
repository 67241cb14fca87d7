/** Promises about something that can be looked at, such as how many requests are held. */
export interface Waiting {
  /** Resolves as soon as a look finds it reached; at once where it is reached already. */
  when(isReached: () => boolean): Promise<void>;
  /** To be called after every change. */
  look(): void;
}

export function createWaiting(): Waiting {
  const waiters = new Map<() => boolean, () => void>();

  function look(): void {
    for (const [isReached, resolve] of waiters) {
      if (!isReached()) continue;
      waiters.delete(isReached);
      resolve();
    }
  }

  return {
    when: (isReached) =>
      new Promise((resolve) => {
        waiters.set(isReached, resolve);
        look();
      }),
    look,
  };
}
