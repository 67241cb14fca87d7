// What the run on many runtimes makes of its results: what counts, what is known, and the table that it writes.
import { expect, test } from 'vitest';

interface Gap {
  readonly name: string;
  readonly why: string;
}

interface SuiteVerdict {
  readonly result: string;
  readonly passed: number;
  readonly gaps: readonly Gap[];
  readonly details: readonly string[];
}

interface Suite {
  judgeSuite(run: object, report: object | undefined, about: object): SuiteVerdict;
}

interface Table {
  renderRuntimes(results: readonly object[]): string;
  replaceTable(text: string, table: string): string;
  findTableFaults(text: string, runtimes: readonly object[]): readonly string[];
}

interface Running {
  runPart(part: object, runtime: object, consumer: object): { result: string; details: readonly string[] };
}

interface Parts {
  readonly PARTS: readonly {
    id: string;
    items?: readonly { name: string; judge?: (run: object, runtime: object) => readonly string[] }[];
  }[];
}

const load = async <T>(name: string): Promise<T> =>
  (await import(new URL(`../../scripts/runtimes/${name}.mjs`, import.meta.url).href)) as T;
const { judgeSuite } = await load<Suite>('judge-suite');
const { renderRuntimes, replaceTable, findTableFaults } = await load<Table>('readme-table');
const { runPart } = await load<Running>('run-part');
const { PARTS } = await load<Parts>('parts');

const START = '<!-- runtimes:start -->\n';
const END = '<!-- runtimes:end -->';

const good = { isGood: true, status: 0, stdout: '', stderr: '', ending: '' };
const bad = { ...good, isGood: false, status: 1 };
const deno = { id: 'deno', name: 'Deno' };
const about = { runtime: deno, projects: ['conformance'], files: ['a.test.ts'] };
const known =
  'AWS Secrets Manager conforms the source itself leaves no timer and no socket open after its end';

test('a suite in which only known tests fail is good, and tells what they are', () => {
  const verdict = judgeSuite(bad, reportOf({ [known]: 'failed', 'a store gives its key': 'passed' }), about);
  expect(verdict).toMatchObject({ result: 'ok', passed: 1, details: [] });
  expect(verdict.gaps.map(({ name }) => name)).toEqual(['the count of open sockets']);
});

test('a test that is known to fail on one runtime counts on another', () => {
  const node = { ...about, runtime: { id: 'node22' } };
  expect(judgeSuite(bad, reportOf({ [known]: 'failed' }), node)).toMatchObject({ result: 'FAIL', gaps: [] });
});

test.each([
  ['wrote no results', good, undefined],
  ['found no test', good, reportOf({})],
  ['ended badly without a failed test', bad, reportOf({ 'a store gives its key': 'passed' })],
  ['has a test that failed', bad, reportOf({ 'a store gives its key': 'failed' })],
  ['left out a file', good, { ...reportOf({ 'a store gives its key': 'passed' }), testResults: [] }],
])('a suite that %s is not good', (_, run, report) => {
  const verdict = judgeSuite(run, report, about);
  expect(verdict.result).toBe('FAIL');
  expect(verdict.details).not.toEqual([]);
});

test('a program that fails, and one that warns on stderr, are told with what they printed', () => {
  expect(runLine('console.log("so far"); process.exit(3)')).toMatchObject({
    result: 'FAIL',
    details: [expect.stringMatching(/exit code 3\nso far/)],
  });
  expect(runLine('console.error("deprecated")').details).toEqual([expect.stringContaining('deprecated')]);
  expect(runLine('console.log("fine")')).toMatchObject({ result: 'ok', note: 'fine', details: [] });
});

test('a program that is known to fail counts when it works, and when it fails in another way', () => {
  const part = { id: 'clients', items: [{ name: 'undici', program: '-e' }] };
  const run = (code: string): { result: string; details: readonly string[] } =>
    runPart(withCode(part, code), { ...nodeItself(), id: 'bun' }, { folder: '.', entries: [] });
  expect(run('throw new TypeError("new Agent().compose is not a function")')).toMatchObject({ result: 'ok' });
  expect(run('').details).toEqual([expect.stringContaining('take it off the list')]);
  expect(run('throw new Error("something else")').result).toBe('FAIL');
});

test('on Bun and Deno a client over fetch has to stay where it is when it is redirected', () => {
  const clients = PARTS.find(({ id }) => id === 'clients')?.items ?? [];
  const judge = (name: string, id: string, faults: readonly string[]): readonly string[] | undefined =>
    clients
      .find((client) => client.name === name)
      ?.judge?.({ stdout: `a note\n${JSON.stringify({ faults })}\n` }, { id });
  const stays = '0 requests came by the redirect';
  expect(judge('fetch', 'deno', [stays])).toEqual([]);
  expect(judge('fetch', 'deno', [])).toHaveLength(1);
  expect(judge('fetch', 'node22', [stays])).toEqual([stays]);
  expect(judge('got', 'deno', [stays])).toEqual([stays]);
});

test('the table names each runtime with its version, and what does not work there', () => {
  const text = replaceTable(`before\n${START}old\n${END}\nafter\n`, tableOf());
  expect(text).toMatch(/^before\n/);
  expect(text).toMatch(/\nafter\n$/);
  expect(text).not.toContain('old');
  expect(text).toMatch(
    /\| Node 22\.1\.0 +\| 2026-01-02 +\| unit and conformance: 4,000 passed +\| all of it +\|/,
  );
  expect(text).toMatch(/\| Deno +\| 2026-01-02 +\| not run: no network +\| not run +\|/);
  expect(text).toContain('- Bun, undici: it is another undici.\n');
  expect(findTableFaults(text, RUNTIMES)).toEqual([]);
});

test('the check finds a row that is missing, one of a runtime that is not tried, and a README without a place', () => {
  const text = replaceTable(`${START}${END}`, tableOf());
  const others = [...RUNTIMES.slice(1), { id: 'node24', name: 'Node 24' }];
  expect(findTableFaults(text, others)).toEqual([
    'the table of runtimes has no row for Node 24',
    expect.stringMatching(/a row that no run writes: Node 22\.1\.0/),
  ]);
  expect(findTableFaults('', RUNTIMES)).toEqual([expect.stringContaining('no place for the table')]);
  expect(findTableFaults(`${START}${END}`, RUNTIMES)).toHaveLength(RUNTIMES.length);
});

const RUNTIMES = [{ id: 'node22', name: 'Node 22' }, { id: 'bun', name: 'Bun' }, deno];

function tableOf(): string {
  const suite = { projects: ['unit', 'conformance'], passed: 4000, gaps: [] };
  const clients = { id: 'clients', gaps: [{ name: 'undici', why: 'it is another undici' }] };
  const day = '2026-01-02';
  const results = [
    { ...RUNTIMES[0], day, version: 'v22.1.0', parts: [suite, { ...clients, gaps: [] }] },
    { ...RUNTIMES[1], day, version: '1.4.5', parts: [suite, clients] },
    { ...RUNTIMES[2], day, notRun: 'no network', parts: [] },
  ];
  return renderRuntimes(results);
}

function reportOf(tests: Readonly<Record<string, string>>): object {
  const assertionResults = Object.entries(tests).map(([fullName, status]) => ({
    fullName,
    status,
    failureMessages: ['because'],
  }));
  return {
    numTotalTests: assertionResults.length,
    testResults: [{ name: 'a.test.ts', status: 'passed', assertionResults }],
  };
}

function nodeItself(): object {
  return { id: 'node20', name: 'Node', binary: process.execPath, args: [] };
}

function withCode(part: { items: readonly object[] }, code: string): object {
  return { ...part, items: part.items.map((item) => ({ ...item, programArgs: [code] })) };
}

function runLine(code: string): { result: string; details: readonly string[] } {
  return runPart({ id: 'a part', program: '-e', programArgs: [code] }, nodeItself(), {
    folder: '.',
    entries: [],
  });
}
