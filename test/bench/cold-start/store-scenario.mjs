import { mkdirSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { listBuilds } from '../installed-packages.mjs';
import { compareRounds, runRounds } from '../process-rounds.mjs';
import { CHECK_HEADER, withInstalled, writeProgram } from '../programs.mjs';
import { digits } from '../table.mjs';

const MODULES = fileURLToPath(new URL('../../../node_modules/', import.meta.url));
const MOST_RATIO = 1.05;
export const READ_OURS = `const headers = { authorization: 'Bearer ' + (await provider.getKey()).reveal() };`;

const [published] = listBuilds();

/**
 * How long a process takes from its start to the first header, beside the raw SDK doing the same.
 *
 * @param store `name`, `sdk` (packages), `pairs` of `{ what, raw, ours }` (programs as lists of lines; `isFree` where no
 *   SDK stands behind the comparison) and `start(folder)`, which gives the lines that all programs begin with and `close`
 */
export function coldStartOf({ name, title, sdk, pairs, start }) {
  const rows = pairs.flatMap(({ what, raw, ours, isFree = false }) => [
    { name: `raw: ${what}`, against: `raw: ${what}`, program: raw },
    {
      name: `ours: ${what}`,
      against: `raw: ${what}`,
      program: ours,
      ...(!isFree && {
        wanted: `≤ ${MOST_RATIO}x raw SDK`,
        isReached: ({ ratio, cpuRatio }) => Math.min(ratio, cpuRatio) <= MOST_RATIO,
      }),
    },
  ]);
  return {
    name: `cold-start-${name}`,
    title: `a process from its start to the first header, key in ${title}; median of at least 30 paired processes`,
    rows,
    measureTogether: (present) =>
      withInstalled([published], ([{ folder }]) => measure(present, folder, { name, sdk, start })),
    columns: (result) => ({
      'first header ms': digits(result.markMs),
      'CPU ms': digits(result.cpuMs),
      against: result.against,
      ratio: result.ratio.toFixed(2),
      'CPU ratio': result.cpuRatio.toFixed(2),
      'ms more': digits(result.moreMs),
      'CPU ms more': digits(result.moreCpuMs),
    }),
  };
}

async function measure(rows, folder, { name, sdk, start }) {
  for (const packageName of sdk) {
    const target = join(folder, 'node_modules', packageName);
    mkdirSync(dirname(target), { recursive: true });
    symlinkSync(join(MODULES, packageName), target, 'junction');
  }
  const { lines, close } = await start(folder);
  try {
    const programs = rows.map(({ program }, at) => {
      const imports = program.filter((line) => line.startsWith('import '));
      const rest = program.filter((line) => !line.startsWith('import '));
      return writeProgram(folder, `cold-start-${name}-${at}`, [...imports, ...lines, ...rest, CHECK_HEADER]);
    });
    const runs = await runRounds(programs);
    return rows.map(({ against }, at) => ({
      against,
      ...compareRounds(runs[at], runs[rows.findIndex((row) => row.name === against)]),
    }));
  } finally {
    await close();
  }
}
