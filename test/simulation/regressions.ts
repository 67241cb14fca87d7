import { readFileSync, writeFileSync } from 'node:fs';

const FILE = new URL('regressions.json', import.meta.url);

/** Seeds that failed once: they run first, for ever. */
export function readRegressions(): readonly number[] {
  return JSON.parse(readFileSync(FILE, 'utf8')) as number[];
}

export function addRegression(seed: number): void {
  const seeds = readRegressions();
  if (!seeds.includes(seed)) writeFileSync(FILE, `${JSON.stringify([...seeds, seed])}\n`);
}
