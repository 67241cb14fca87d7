import { readTable, renderTable } from '../lib/markdown-table.mjs';

const [START, END] = ['<!-- runtimes:start -->\n', '<!-- runtimes:end -->'];
const HEADER = ['runtime', 'tried on', 'test suite', 'packed packages'];

/** What stands between the two comments: the table, why something is left out of it, and who wrote it. */
export function renderRuntimes(results) {
  const rows = results.map((runtime) => [
    labelOf(runtime),
    runtime.day,
    suiteOf(runtime),
    programsOf(runtime),
  ]);
  const gaps = results.flatMap(({ name, parts }) =>
    parts.flatMap((part) => part.gaps.map((gap) => ({ ...gap, on: name }))),
  );
  const reasons = gaps.map(({ on, name, why }) => `- ${on}, ${name}: ${why}.\n`);
  const told = reasons.length > 0 ? `\n${reasons.join('')}` : '';
  return `\n${renderTable(HEADER, rows)}${told}\nWritten by \`npm run test:runtimes -- --write\`.\n\n`;
}

function labelOf({ id, name, version }) {
  if (version === undefined) return name;
  return id.startsWith('node') ? `Node ${version.replace(/^v/, '')}` : `${name} ${version}`;
}

function suiteOf({ notRun, parts }) {
  if (notRun) return `not run: ${notRun}`;
  const { passed, projects, gaps } = parts.find((part) => part.projects);
  const left = gaps.length > 0 ? `; not: ${gaps.map(({ name }) => name).join(', ')}` : '';
  return `${projects.join(' and ')}: ${passed.toLocaleString('en-US')} passed${left}`;
}

function programsOf({ notRun, parts }) {
  if (notRun) return 'not run';
  const gaps = parts.filter(({ projects }) => !projects).flatMap((part) => part.gaps);
  return gaps.length === 0 ? 'all of it' : `all but ${gaps.map(({ name }) => name).join(', ')}`;
}

export function replaceTable(text, table) {
  const { start, end } = findPlace(text);
  return text.slice(0, start) + table + text.slice(end);
}

/** Of the shape alone: whether the numbers are right takes a run. */
export function findTableFaults(text, runtimes) {
  let rows;
  try {
    const { start, end } = findPlace(text);
    const table = /^\|.*\n(?:\|.*\n)+/m.exec(text.slice(start, end))?.[0] ?? '';
    rows = readTable(table);
  } catch (error) {
    return [error.message];
  }
  const labels = rows.map((row) => row[HEADER[0]] ?? '');
  const faults = runtimes
    .filter(({ name }) => !labels.some((label) => isOf(label, name)))
    .map(({ name }) => `the table of runtimes has no row for ${name}`);
  const strangers = labels.filter((label) => !runtimes.some(({ name }) => isOf(label, name)));
  for (const label of strangers) faults.push(`the table of runtimes has a row that no run writes: ${label}`);
  for (const row of rows) {
    if (HEADER.some((name) => !row[name])) faults.push(`the row of ${row[HEADER[0]]} is not whole`);
  }
  if (labels.length > runtimes.length) faults.push('the table of runtimes has a row twice');
  return faults;
}

/** `Node 20.20.2` is of `Node 20`, and `Node 2.0.0` is not. */
function isOf(label, name) {
  return label === name || label.startsWith(`${name}.`) || label.startsWith(`${name} `);
}

function findPlace(text) {
  const at = text.indexOf(START);
  const end = text.indexOf(END, at);
  if (at < 0 || end < 0)
    throw new Error(`the README has no place for the table of runtimes: ${START.trim()}`);
  return { start: at + START.length, end };
}
