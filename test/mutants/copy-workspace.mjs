import { execFileSync } from 'node:child_process';
import { cp, lstat, mkdir, readdir, readlink, realpath, symlink } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';

/**
 * A copy of the repository's own files, tracked or not yet, in which the packages find each other in the copy and
 * everything else where it is installed.
 *
 * @param {string} root the repository
 * @param {string} copy an empty folder
 */
export async function copyWorkspace(root, copy) {
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  });
  for (const file of listed.split('\0').filter(Boolean)) {
    if (await exists(join(root, file))) await cp(join(root, file), join(copy, file), { recursive: true });
  }
  const packages = await readdir(join(root, 'packages'));
  for (const folder of ['.', ...packages.map((name) => join('packages', name))]) {
    await linkModules(root, copy, join(folder, 'node_modules'));
  }
}

/** Links into the repository are made anew, so that they lead into the copy; all others lead where they led. */
async function linkModules(root, copy, folder) {
  if (!(await exists(join(root, folder)))) return;
  for (const entry of await readdir(join(root, folder), { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.name.startsWith('.')) continue;
    if (entry.isDirectory() && entry.name.startsWith('@')) await linkModules(root, copy, path);
    else await linkModule(root, copy, path);
  }
}

async function linkModule(root, copy, path) {
  await mkdir(dirname(join(copy, path)), { recursive: true });
  const target = (await lstat(join(root, path))).isSymbolicLink()
    ? resolve(dirname(join(root, path)), await readlink(join(root, path)))
    : join(root, path);
  const inPackages = relative(join(root, 'packages'), target);
  const isOurs = !inPackages.startsWith('..') && !isAbsolute(inPackages);
  await symlink(isOurs ? join(copy, 'packages', inPackages) : await realpath(target), join(copy, path));
}

async function exists(path) {
  return lstat(path).then(
    () => true,
    () => false,
  );
}
