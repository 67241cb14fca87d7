import { randomInt } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, onTestFailed, test } from 'vitest';
import { DAY, SECOND } from './durations.ts';
import { addRegression, readRegressions } from './regressions.ts';
import { showTable } from './show-table.ts';
import { simulate, type Report } from './simulate.ts';

// SIM_DAYS are shared out among the seeds of a run; SIM_SEED replaces the seed that is drawn anew
// each time, except in CI, where a red build must be about the change.
const FIXED = [1, 2, 3, 4, 5, 6, 7];
const FRESH = Number(process.env['SIM_SEED'] ?? (process.env['CI'] ? 20_261_123 : randomInt(2 ** 31)));
const REGRESSIONS = readRegressions();
const DAYS = Math.ceil(Number(process.env['SIM_DAYS'] ?? 1000) / (FIXED.length + 1));

const reports: Report[] = [];
const unhandled: unknown[] = [];
const noteUnhandled = (reason: unknown): void => void unhandled.push(reason);

beforeAll(() => void process.on('unhandledRejection', noteUnhandled));

afterAll(() => {
  process.off('unhandledRejection', noteUnhandled);
  console.log(showTable(reports.map(rowOf)));
});

describe(`a service over ${DAYS} days`, { shuffle: false }, () => {
  const seeds = [...new Set([...REGRESSIONS, ...FIXED, FRESH])];
  test.for(seeds)('has a key whenever the rules allow it, with seed %i', async (seed) => {
    onTestFailed(() => addRegression(seed));
    const report = await simulate(seed, DAYS);
    reports.push(report);
    expect(Object.fromEntries(report.noKey)).not.toHaveProperty('unexplained');
    expect(Object.fromEntries(report.refusedTwice)).not.toHaveProperty('unexplained');
    expect(report.oldestServedMs).toBeLessThanOrEqual(report.maxStaleMs);
    expect(report.longestRecoveryMs).toBeLessThanOrEqual(61 * SECOND);
    expect(report.storeCalls).toBeLessThanOrEqual(report.storeCallsAllowed);
    expect(report.gets).toBeGreaterThan(1000 * DAYS);
    expect(unhandled).toEqual([]);
  });
});

function rowOf(report: Report): Record<string, string | number> {
  const { seed, days, gets, refusals, storeCalls, storeCallsAllowed } = report;
  return {
    seed,
    days,
    gets,
    'no key': sum(report.noKey),
    'why there was none': shares(report.noKey),
    refused: refusals,
    'refused twice': sum(report.refusedTwice),
    'why twice': shares(report.refusedTwice),
    'calls a day': Math.round(storeCalls / days),
    'of allowed': `${Math.round((100 * storeCalls) / storeCallsAllowed)} %`,
    'oldest key': `${(report.oldestServedMs / DAY).toFixed(3)} of ${(report.maxStaleMs / DAY).toFixed(3)} d`,
    'longest recovery': `${(report.longestRecoveryMs / SECOND).toFixed(1)} s`,
  };
}

function sum(reasons: ReadonlyMap<string, number>): number {
  return [...reasons.values()].reduce((total, count) => total + count, 0);
}

function shares(reasons: ReadonlyMap<string, number>): string {
  return [...reasons].map(([reason, count]) => `${reason} ${count}`).join(', ') || '-';
}
