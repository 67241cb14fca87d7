const PER_SECOND = 2000;
export const LOAD_MS = 10_000;
/** What has not ended by then hangs. */
const SETTLE_MS = 3000;

/**
 * Gets at a steady rate, whether or not the earlier ones have ended: callers of a busy service do not wait for each
 * other. Starts with a warm cache.
 *
 * @param steps what happens to the store: `[atMs, run]`, in this order
 * @returns one entry for each get: when it began, how long it took, and the key or the failure that it brought
 */
export async function runSteadyLoad({ get, keyOf }, steps = []) {
  await get();
  const gets = [];
  const began = performance.now();
  const pending = new Set();
  const todo = [...steps];

  for (let nowMs = 0; nowMs < LOAD_MS; nowMs = performance.now() - began) {
    while (todo.length > 0 && todo[0][0] <= nowMs) todo.shift()[1]();
    while (gets.length < (nowMs * PER_SECOND) / 1000) gets.push(startGet());
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  const settled = Promise.allSettled(pending).then(() => undefined);
  await Promise.race([settled, new Promise((resolve) => setTimeout(resolve, SETTLE_MS))]);
  return gets;

  function startGet() {
    const entry = { startedMs: performance.now() - began };
    const ended = call(entry).finally(() => pending.delete(ended));
    pending.add(ended);
    return entry;
  }

  async function call(entry) {
    try {
      entry.key = keyOf(await get());
    } catch {
      entry.failed = true;
    }
    entry.tookMs = performance.now() - began - entry.startedMs;
    entry.endedAtMs = Date.now();
  }
}
