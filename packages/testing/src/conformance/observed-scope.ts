import { AsyncLocalStorage } from 'node:async_hooks';

/** Tells what a source causes from what the runner and the store beside it do at the same time. */
export interface ObservedScope {
  /** Whatever is called here, and everything that comes of it, counts as the source's doing. */
  run<Result>(body: () => Result): Result;
  /** For what the case itself does meanwhile. */
  readonly outside: <Result>(body: () => Result) => Result;
  readonly isInside: () => boolean;
  /** Nothing is inside from now on. A scope that was left open would slow down every promise made after it. */
  end(): void;
}

export function createObservedScope(): ObservedScope {
  const storage = new AsyncLocalStorage<boolean>();
  return {
    run: (body) => storage.run(true, body),
    outside: (body) => storage.run(false, body),
    isInside: () => storage.getStore() === true,
    end: () => storage.disable(),
  };
}
