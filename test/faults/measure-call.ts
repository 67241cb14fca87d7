export interface Measured<Result> {
  readonly outcome: { readonly value: Result } | { readonly error: unknown };
  readonly elapsedMs: number;
  /** For how long the machine, or somebody's computation, kept every timer waiting meanwhile. */
  readonly stalledMs: number;
}

const TICK_MS = 5;
/** A timer comes a little late on every machine. */
const USUAL_LATENESS_MS = 5;

/**
 * How long a call takes in real time, and beside it, as a control in the same run, by how much timers came late: a limit
 * in milliseconds means nothing for the time in which nothing at all ran.
 */
export async function measureCall<Result>(call: () => Promise<Result>): Promise<Measured<Result>> {
  let stalledMs = 0;
  let due = performance.now() + TICK_MS;
  const noteStall = (): void => {
    const lateMs = performance.now() - due;
    if (lateMs > USUAL_LATENESS_MS) stalledMs += lateMs;
    due = performance.now() + TICK_MS;
  };
  const ticker = setInterval(noteStall, TICK_MS);
  const started = performance.now();
  const outcome = await call().then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  const elapsedMs = performance.now() - started;
  // What stalled the very end had no tick after it yet.
  noteStall();
  clearInterval(ticker);
  return { outcome, elapsedMs, stalledMs };
}
