import { readFile } from 'node:fs/promises';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';

/** What "Are the types wrong?" says of every package that has ES modules alone. */
const EXPECTED = [
  // The resolution of before `exports`, which TypeScript 7 no longer has.
  ({ resolutionKind }) => resolutionKind === 'node10',
  // Every Node that is supported can `require()` an ES module that has no top-level await; require-all.cjs does it.
  ({ kind, resolutionKind }) => kind === 'CJSResolvesToESM' && resolutionKind === 'node16-cjs',
];

/** The packages as they are in their tarballs, seen by every way in which TypeScript looks for types. */
export async function checkResolutions({ check }, tarballs) {
  await check('the types of each entry are found, and are those of its code', async () => {
    for (const [name, path] of Object.entries(tarballs)) {
      const { types, problems = [] } = await checkPackage(createPackageFromTarballData(await readFile(path)));
      if (!types) throw new Error(`${name} has no types`);
      const found = problems.filter((problem) => !EXPECTED.some((isExpected) => isExpected(problem)));
      if (found.length > 0) throw new Error([name, ...found.map(describe)].join('\n'));
    }
  });
}

/** Some problems are of an entry and a resolution, others of a file. */
function describe({ kind, entrypoint, resolutionKind, fileName }) {
  return [kind, entrypoint, resolutionKind, fileName].filter(Boolean).join(' ');
}
