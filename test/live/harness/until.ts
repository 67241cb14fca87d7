import { setTimeout as pause } from 'node:timers/promises';

const STEP_MS = 250;

/** Asks again and again until the answer is yes. @throws Error when it is not within the limit */
export async function until(limitMs: number, check: () => Promise<boolean>): Promise<true> {
  const endMs = performance.now() + limitMs;
  while (!(await check())) {
    if (performance.now() >= endMs) throw new Error(`the store did not get there within ${limitMs} ms`);
    await pause(STEP_MS);
  }
  return true;
}
