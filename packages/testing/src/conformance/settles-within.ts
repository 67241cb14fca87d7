import { setTimeout as pause } from 'node:timers/promises';

const STEP_MS = 10;

/**
 * Whether the promise settles while about `ms` milliseconds pass. They are counted in short steps, each of which gives
 * everything that is due its turn, so a machine that stands still meanwhile does not count against the promise.
 */
export async function settlesWithin(promise: Promise<unknown>, ms: number): Promise<boolean> {
  let settled = false;
  const settle = (): void => void (settled = true);
  promise.then(settle, settle);
  return happensWithin(() => settled, ms);
}

/** The same for anything that can be looked at. */
export async function happensWithin(check: () => boolean, ms: number): Promise<boolean> {
  for (let passed = 0; passed <= ms && !check(); passed += STEP_MS) {
    // oxlint-disable-next-line no-await-in-loop
    await pause(STEP_MS);
  }
  return check();
}
