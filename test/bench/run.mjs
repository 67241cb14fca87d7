// Runs on the built packages (`npm run bench` builds them first). It prints what was reached and exits 0 whatever that
// is: a benchmark informs and does not gate, because a busy machine must not turn a good change red.
//   npm run bench -- [--only expiry,size] [--more] [--without-peers]
import { availableParallelism, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { measureRows } from './measure-rows.mjs';
import { installPeers } from './peers.mjs';
import { SCENARIOS, MORE_SCENARIOS } from './scenarios.mjs';
import { printTable } from './table.mjs';

const { values } = parseArgs({
  options: {
    only: { type: 'string', multiple: true },
    'without-peers': { type: 'boolean' },
    more: { type: 'boolean' },
  },
});
const chosen = chooseScenarios(values.only);
const reasonWithoutPeers = values['without-peers'] ? 'left out by --without-peers' : installPeers();
const began = performance.now();
const verdicts = [];

console.log(
  `Node ${process.versions.node}, ${availableParallelism()} processors, load ${loadavg()[0].toFixed(1)}`,
);
if (reasonWithoutPeers) console.log(`No peers: ${reasonWithoutPeers}`);
for (const scenario of chosen) await runScenario(scenario);
printSummary();

function chooseScenarios(only) {
  if (!only) return values.more ? MORE_SCENARIOS : SCENARIOS;
  const all = [...SCENARIOS, ...MORE_SCENARIOS];
  const names = only.flatMap((list) => list.split(','));
  const unknown = names.filter((name) => !all.some((scenario) => scenario.name === name));
  if (unknown.length === 0) return all.filter(({ name }) => names.includes(name));
  console.error(`--only ${unknown.join()}: there are ${all.map(({ name }) => name).join(', ')}`);
  process.exit(64);
}

async function runScenario({ name, title, rows, atOnce, measureTogether, columns }) {
  const started = performance.now();
  const present = reasonWithoutPeers ? rows.filter(({ peer }) => peer === undefined) : rows;
  const results = await (measureTogether
    ? measureTogether(present).catch(({ message }) => present.map(() => ({ failure: message })))
    : measureRows(name, present, atOnce));
  console.log(`\n${name}: ${title} (${((performance.now() - started) / 1000).toFixed(0)} s)`);
  printTable(present.map((row, at) => cells(row, results[at], columns)));
  for (const [at, row] of present.entries()) {
    if (row.wanted) verdicts.push({ name: `${name}, ${row.name}`, reached: isReached(row, results[at]) });
  }
}

function cells(row, result, columns) {
  const verdict = row.wanted ? { wanted: row.wanted, reached: isReached(row, result) ? 'yes' : 'NO' } : {};
  const measured = result.failure ? { failure: result.failure } : columns(result);
  return { row: row.name, ...measured, ...verdict };
}

function isReached({ isReached: judge }, result) {
  return result.failure === undefined && judge(result);
}

function printSummary() {
  const missed = verdicts.filter(({ reached }) => !reached);
  console.log(
    `\n${verdicts.length - missed.length} of ${verdicts.length} numbers reached, ` +
      `in ${((performance.now() - began) / 1000).toFixed(0)} s`,
  );
  for (const { name } of missed) console.log(`  not reached: ${name}`);
}
