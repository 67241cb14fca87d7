import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { listBuilds } from './installed-packages.mjs';
import { compareRounds, runRounds } from './process-rounds.mjs';
import { withInstalled, writeProgram } from './programs.mjs';
import { digits } from './table.mjs';

const MOST_MS = 3;
const OTHER_ENTRIES = ['core/node', 'http', 'env', 'config'];

const builds = listBuilds();

export const importTime = {
  name: 'import',
  title:
    'a process that imports one entry against one that imports an empty module; median of at least 30 paired processes',
  rows: [
    { name: 'limit: an empty module', specifier: './empty.mjs' },
    ...builds.map((build) => ({
      name: `ours: core, ${build}`,
      build,
      specifier: '@magic-hour-keys/core',
      wanted: `≤ ${MOST_MS} ms more`,
      isReached: ({ moreMs, moreCpuMs }) => Math.min(moreMs, moreCpuMs) <= MOST_MS,
    })),
    ...OTHER_ENTRIES.map((entry) => ({
      name: `ours: ${entry}, ${builds[0]}`,
      build: builds[0],
      specifier: `@magic-hour-keys/${entry}`,
    })),
  ],
  measureTogether: (rows) => withInstalled(builds, (installed) => measure(rows, installed)),
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
  writeFileSync(join(installed[0].folder, 'empty.mjs'), '');
  const programs = rows.map(({ specifier, build }, at) => {
    const { folder } = installed.find((one) => one.build === build) ?? installed[0];
    return writeProgram(folder, `import-${at}`, [`import '${specifier}';`]);
  });
  const runs = await runRounds(programs);
  return runs.map((own) => compareRounds(own, runs[0]));
}
