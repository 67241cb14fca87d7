import { existsSync, readFileSync } from 'node:fs';
import { mkdir, readdir, rm, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { copyWorkspace } from '../mutants/copy-workspace.mjs';

/**
 * A copy of the repository in which every package, and every test, finds the SDKs that are installed in `sdkFolder`, in
 * whatever way it looks for them. What these need in turn, they find where they are installed.
 *
 * @param {string} root the repository
 * @param {string} copy an empty folder
 * @param {string} sdkFolder such as `test/oldest` of the repository
 */
export async function copyWithSdks(root, copy, sdkFolder) {
  await copyWorkspace(root, copy);
  const { dependencies } = JSON.parse(readFileSync(join(sdkFolder, 'package.json'), 'utf8'));
  const packages = await readdir(join(copy, 'packages'));
  const places = ['', ...packages.map((name) => join('packages', name))];
  for (const sdk of Object.keys(dependencies)) {
    const installed = join(sdkFolder, 'node_modules', sdk);
    for (const place of places) {
      const link = join(copy, place, 'node_modules', sdk);
      if (!existsSync(link)) continue;
      await rm(link);
      await mkdir(dirname(link), { recursive: true });
      await symlink(installed, link, 'junction');
    }
  }
}
