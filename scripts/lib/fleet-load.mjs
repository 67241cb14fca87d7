import { renderTable } from './markdown-table.mjs';

/** What each store answers in a second, and what 10,000 reads cost there in USD; the sources are in docs/fleet.md. */
const STORES = [
  { name: 'AWS', readsPerSecond: 10_000, dollarsPer10000: 0.05 },
  { name: 'Google', readsPerSecond: 1_500, dollarsPer10000: 0.03 },
  { name: 'Azure', readsPerSecond: 400, dollarsPer10000: 0.03 },
];
const FLEETS = [1_000, 10_000, 100_000, 1_000_000];
const DEFAULT_FRESH_SECONDS = 300;
const SECONDS_IN_MONTH = 30 * 86_400;
/** A share of the quota that leaves room for a rollout, for a second region and for everybody else. */
const GOOD_SHARE = 0.2;

/** Reads a second of a fleet of which every process is in use all the time. */
function readsPerSecond(processes, freshSeconds = DEFAULT_FRESH_SECONDS) {
  return processes / freshSeconds;
}

export function renderFleetLoad() {
  const names = STORES.map(({ name }) => name).join(' / ');
  const header = [
    'Processes',
    'Reads a second',
    `Share of the quota: ${names}`,
    `Shortest \`fresh\` for 20 %: ${names}`,
    `All read at once: ${names}`,
    `USD a month: ${names}`,
  ];
  const rows = FLEETS.map((processes) => [
    showNumber(processes),
    showNumber(readsPerSecond(processes)),
    ofEach((store) => `${showNumber((100 * readsPerSecond(processes)) / store.readsPerSecond)} %`),
    ofEach((store) => `${showNumber(processes / (GOOD_SHARE * store.readsPerSecond))} s`),
    ofEach((store) => `${showNumber(processes / store.readsPerSecond)} s`),
    ofEach((store) =>
      showNumber((readsPerSecond(processes) * SECONDS_IN_MONTH * store.dollarsPer10000) / 10_000),
    ),
  ]);
  return renderTable(header, rows);
}

function ofEach(show) {
  return STORES.map(show).join(' / ');
}

/** Two digits that count, or all of them from 10 on. */
function showNumber(value) {
  const rounded = value >= 10 ? Math.round(value) : Number(value.toPrecision(2));
  return rounded.toLocaleString('en-US');
}
