const FIRST_PAUSE_MS = 125;
const LONGEST_PAUSE_MS = 1000;
const LOAD_LIMIT_MS = 1000;

/**
 * What a cache could be if it had nothing else to do: one call in flight, refreshed by a timer, the old key served
 * meanwhile and through an outage, a doubling pause between failures, and a limit on the load. No age limit, no
 * rejection, no events: a floor, not a competitor.
 */
export function createIdealCache(load, ttlMs) {
  let current;
  let inFlight;
  let timer;
  let pauseMs = FIRST_PAUSE_MS;

  function refresh() {
    inFlight ??= load(AbortSignal.timeout(LOAD_LIMIT_MS)).then(
      (key) => {
        current = Promise.resolve(key);
        pauseMs = FIRST_PAUSE_MS;
        refreshIn(ttlMs);
        return key;
      },
      (error) => {
        refreshIn(pauseMs);
        pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 2);
        throw error;
      },
    );
    return inFlight;
  }

  function refreshIn(ms) {
    inFlight = undefined;
    timer = setTimeout(() => refresh().catch(() => undefined), ms).unref();
  }

  return { get: () => current ?? refresh(), close: () => clearTimeout(timer) };
}
