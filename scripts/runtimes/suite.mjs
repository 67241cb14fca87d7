import { mkdtempSync, existsSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { listFiles, readJson, ROOT } from '../lib/workspace.mjs';
import { judgeSuite } from './judge-suite.mjs';
import { start } from './start.mjs';

const VITEST = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs');
const LONGEST_MS = 15 * 60_000;

/** From the sources, by vitest: on Node the unit tests and the conformance tests, elsewhere the conformance tests. */
export function runSuite(runtime) {
  const folder = mkdtempSync(join(tmpdir(), 'mhk-runtimes-'));
  const file = join(folder, 'results.json');
  const projects = runtime.isNode ? ['unit', 'conformance'] : ['conformance'];
  const args = [
    ...projects.flatMap((project) => ['--project', project]),
    ...['--reporter', 'json', '--outputFile', file],
  ];
  const tool = { ...runtime, args: [...(runtime.argsOfTools ?? []), ...runtime.args] };
  try {
    const run = start(tool, VITEST, { cwd: ROOT, programArgs: ['run', ...args], longestMs: LONGEST_MS });
    const report = existsSync(file) ? readJson(file) : undefined;
    return judgeSuite(run, report, { runtime, projects, files: projects.flatMap(listTestFiles) });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function listTestFiles(project) {
  return listFiles(join(ROOT, 'test', project), (name) => name.endsWith('.test.ts'));
}
