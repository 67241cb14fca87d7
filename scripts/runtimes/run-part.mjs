import { join } from 'node:path';
import { findGap } from './known-gaps.mjs';
import { describeRun, start } from './start.mjs';

/** Of whatever is asked for on stderr, such as a warning of the runtime, users would ask us. */
const MAY_WARN = new Set(['stores', 'clients', 'errors of clients']);

/**
 * Runs a part, all its items one after the other.
 *
 * @returns `result` is `ok` or `FAIL`, `note` one line for people, `gaps` what is known not to work, `details` of faults
 */
export function runPart(part, runtime, { folder, entries }) {
  const items = part.items ?? [part];
  const outcomes = items.map((item) => ({
    name: item.name,
    ...runItem(part, item, runtime, { folder, entries }),
  }));
  const named = (wanted) => outcomes.filter(({ outcome }) => outcome === wanted);
  const details = named('FAIL').map(({ name, details: text }) => (name ? `${name}: ${text}` : text));
  const gaps = named('gap').map(({ name = part.id, why }) => ({ name, why }));
  return { result: details.length > 0 ? 'FAIL' : 'ok', note: describe(part, outcomes), gaps, details };
}

function runItem(part, item, runtime, { folder, entries }) {
  const { program, programArgs = [], judge } = item;
  const args = typeof programArgs === 'function' ? programArgs(entries) : programArgs;
  const run = start(runtime, join(folder, program), {
    cwd: folder,
    programArgs: args,
    env: { NODE_BINARY: process.execPath },
  });
  const faults = findFaults(part, run, { judge, runtime });
  const gap = findGap(runtime.id, part.id, item.name);
  if (gap) {
    const isAsKnown = faults.length > 0 && gap.shows.test([...faults, describeRun(run)].join('\n'));
    if (isAsKnown) return { outcome: 'gap', why: gap.why };
    if (faults.length === 0)
      return { outcome: 'FAIL', details: 'it works now: take it off the list of known gaps' };
  }
  if (faults.length > 0) return { outcome: 'FAIL', details: [...faults, describeRun(run)].join('\n') };
  return { outcome: 'ok', printed: run.stdout.trim().split('\n').join(', ') };
}

function findFaults({ id }, run, { judge, runtime }) {
  if (!run.isGood) return ['it did not end well'];
  if (!MAY_WARN.has(id) && run.stderr !== '') return ['it printed on stderr'];
  return judge?.(run, runtime) ?? [];
}

function describe({ tells, items }, outcomes) {
  const good = outcomes.filter(({ outcome }) => outcome === 'ok');
  const gaps = outcomes.filter(({ outcome }) => outcome === 'gap');
  const works = items
    ? good.map(({ name }) => name).join(', ')
    : good.map(({ printed }) => tells ?? printed)[0];
  return [works, ...gaps.map(({ name, why }) => `${name ?? 'it'} does not work: ${why}`)]
    .filter(Boolean)
    .join('; ');
}
