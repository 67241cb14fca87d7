/** Clock, randomness and timers. Core calls nothing else for these, so that tests run on a manual clock. */
export interface KeyRuntime {
  /** Milliseconds since 1970; may jump. */
  wallMs(): number;
  /** Milliseconds from an arbitrary start; never goes back, but may stand still while the machine sleeps. */
  monotonicMs(): number;
  /** Uniform in [0, 1). */
  random(): number;
  /**
   * Calls `run` once after `ms` and returns the function that cancels it. `keepAlive` says whether the timer may keep
   * the process running.
   */
  setTimer(ms: number, run: () => void, keepAlive: boolean): () => void;
  /** Runs something outside of the caller's asynchronous context, so that a shared read carries no caller's trace. */
  detach?<T>(run: () => T): T;
}

/** Node fires a longer timer at once (measured: a 90-day interval fired 875 times in a second). */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

interface AsyncHooks {
  readonly AsyncLocalStorage?: { snapshot?(): <T>(run: () => T) => T };
}

/** The runtime of production: the platform's own clock, randomness and timers. */
export function systemRuntime(): KeyRuntime {
  const detach = outsideOfCallers();
  return {
    wallMs: Date.now,
    monotonicMs: () => performance.now(),
    random: Math.random,
    setTimer: setSystemTimer,
    ...(detach && { detach }),
  };
}

function setSystemTimer(ms: number, run: () => void, keepAlive: boolean): () => void {
  const timer = setTimeout(run, Math.min(ms, LONGEST_TIMER_MS)) as { unref?(): void };
  if (!keepAlive) timer.unref?.();
  return () => clearTimeout(timer as never);
}

/**
 * AsyncLocalStorage is looked up rather than imported, because core's entry must load where there is no `node:`
 * module. Elsewhere a read simply runs in the context of the caller that started it.
 */
function outsideOfCallers(): KeyRuntime['detach'] {
  const { process } = globalThis as { process?: { getBuiltinModule?(id: string): unknown } };
  const hooks = process?.getBuiltinModule?.('node:async_hooks') as AsyncHooks | undefined;
  return hooks?.AsyncLocalStorage?.snapshot?.();
}

/** Outside of the caller's asynchronous context, where the runtime knows how. */
export function runDetached<T>(runtime: KeyRuntime, run: () => T): T {
  return runtime.detach ? runtime.detach(run) : run();
}
