import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { listBuilds } from './installed-packages.mjs';
import { compareRounds, runRounds } from './process-rounds.mjs';
import { withInstalled, writeProgram } from './programs.mjs';
import { digits } from './table.mjs';

const MOST_MS = 3;
const OTHER_ENTRIES = ['core/node', 'http', 'env', 'config'];

/** Found as ours are found: looking a package up takes longer than loading a file. */
const EMPTY = 'an-empty-package';
const [published, ...others] = listBuilds();

export const importTime = {
  name: 'import',
  title:
    'a process that imports one entry against one that imports an empty package; median of at least 30 paired processes',
  rows: [
    { name: 'limit: an empty package', build: published, specifier: EMPTY },
    {
      name: `ours: core, ${published}`,
      build: published,
      specifier: '@magic-hour-keys/core',
      wanted: `≤ ${MOST_MS} ms more`,
      isReached: ({ moreMs, moreCpuMs }) => Math.min(moreMs, moreCpuMs) <= MOST_MS,
    },
    ...others.map((build) => ({ name: `ours: core, ${build}`, build, specifier: '@magic-hour-keys/core' })),
    ...OTHER_ENTRIES.map((entry) => ({
      name: `ours: ${entry}, ${published}`,
      build: published,
      specifier: `@magic-hour-keys/${entry}`,
    })),
  ],
  measureTogether: (rows) => withInstalled([published, ...others], (installed) => measure(rows, installed)),
  columns: (result) => ({
    'imported after ms': digits(result.markMs),
    'CPU ms': digits(result.cpuMs),
    'ms more': digits(result.moreMs),
    'CPU ms more': digits(result.moreCpuMs),
    ratio: result.ratio.toFixed(2),
    'CPU ratio': result.cpuRatio.toFixed(2),
    'spawn to exit ms': digits(result.wallMs),
  }),
};

async function measure(rows, installed) {
  const empty = join(installed[0].folder, 'node_modules', EMPTY);
  mkdirSync(empty, { recursive: true });
  writeFileSync(join(empty, 'package.json'), '{ "type": "module", "exports": "./index.js" }');
  writeFileSync(join(empty, 'index.js'), '');
  const programs = rows.map(({ specifier, build }, at) => {
    const { folder } = installed.find((one) => one.build === build) ?? installed[0];
    return writeProgram(folder, `import-${at}`, [`import '${specifier}';`]);
  });
  const runs = await runRounds(programs);
  return runs.map((own) => compareRounds(own, runs[0]));
}
