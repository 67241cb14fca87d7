import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeTestKey } from '@magic-hour-keys/testing';
import { listBuilds } from './installed-packages.mjs';
import { compareRounds, runRounds } from './process-rounds.mjs';
import { withInstalled, writeProgram } from './programs.mjs';
import { digits } from './table.mjs';

const MOST_MS = 25;
const [published] = listBuilds();
const COMMANDS = [['--version'], ['--help'], ['get']];

export const cliStart = {
  name: 'cli-start',
  title: `a process of mhk, ${published}, key in .env, against an empty process; median of at least 30 paired processes`,
  rows: [
    { name: 'limit: an empty process' },
    ...COMMANDS.map((argv) => ({
      name: `ours: mhk ${argv.join(' ')}`,
      argv,
      wanted: `≤ ${MOST_MS} ms more`,
      isReached: ({ moreMs, moreCpuMs }) => Math.min(moreMs, moreCpuMs) <= MOST_MS,
    })),
    { name: 'ours: mhk check', argv: ['check'] },
  ],
  measureTogether: (rows) => withInstalled([published], ([{ folder }]) => measure(rows, folder)),
  columns: (result) => ({
    'ended after ms': digits(result.markMs),
    'CPU ms': digits(result.cpuMs),
    'ms more': digits(result.moreMs),
    'CPU ms more': digits(result.moreCpuMs),
    'spawn to exit ms': digits(result.wallMs),
  }),
};

async function measure(rows, folder) {
  writeFileSync(join(folder, '.env'), `MAGIC_HOUR_API_KEY=${makeTestKey()}\n`, { mode: 0o600 });
  writeFileSync(join(folder, 'package.json'), '{}');
  const programs = rows.map(({ argv }, at) => writeProgram(folder, `cli-${at}`, argv ? run(argv) : []));
  const runs = await runRounds(programs);
  return runs.map((own) => compareRounds(own, runs[0]));
}

/** The program as npm links it, in the process that is measured. Its mark comes after all that it prints. */
function run(argv) {
  const bin = `./node_modules/magic-hour-keys/${published}/bin.js`;
  return [`process.argv.splice(2, 0, ...${JSON.stringify(argv)});`, `await import('${bin}');`];
}
