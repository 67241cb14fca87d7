import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { KeyError } from '@magic-hour-keys/core';
import type { MountSettings } from '../options.ts';

/** The mounted file of this moment. */
export interface FoundFile {
  /** The path in the mount, which a person knows. */
  readonly path: string;
  /** Where its links lead to now: the kubelet writes a new folder for each version. */
  readonly realPath: string;
  /** The name of that folder, such as `"..2026_05_01_12_00_00.123456789"`; undefined where the kubelet writes none. */
  readonly generation: string | undefined;
  /** What differs as soon as something else is in place, also for a file that is written in place. */
  readonly identity: string;
}

/**
 * @throws KeyError `not_found` for an empty folder, `invalid_config` for one with several files; and the raw error of
 * the file system.
 */
export async function findFile(settings: MountSettings): Promise<FoundFile> {
  const path = await choosePath(settings);
  const realPath = await realpath(path);
  const folder = basename(dirname(realPath));
  const { ino, mtimeNs, size } = await stat(realPath, { bigint: true });
  const identity = [realPath, ino, mtimeNs, size].join(' ');
  return { path, realPath, generation: folder.startsWith('..') ? folder : undefined, identity };
}

/** The folder whose entries change when the kubelet puts a new version into place. */
export async function findFolder(settings: MountSettings): Promise<string> {
  const path = mountedPath(settings);
  const isFolder = settings.key === undefined && (await stat(path)).isDirectory();
  return isFolder ? path : dirname(path);
}

/** The file, or the folder where no key is named. */
export function mountedPath({ mountPath, key, cwd = '' }: MountSettings): string {
  const path = resolve(cwd, mountPath);
  return key === undefined ? path : join(path, key);
}

async function choosePath(settings: MountSettings): Promise<string> {
  const path = mountedPath(settings);
  if (settings.key !== undefined || !(await stat(path)).isDirectory()) return path;
  // `..data` and its targets are the kubelet's own.
  const names = (await readdir(path)).filter((name) => !name.startsWith('..'));
  const [only] = names;
  if (only !== undefined && names.length === 1) return join(path, only);
  // Names are not told: somebody may have stored the key as a name.
  throw new KeyError({
    code: names.length === 0 ? 'not_found' : 'invalid_config',
    source: 'kubernetes',
    location: settings.location,
    message: names.length === 0 ? `${path} is empty` : `${path} has ${names.length} files`,
    hint:
      names.length === 0
        ? 'Write the Secret that is mounted there: kubectl create secret generic NAME --from-file=api_key=FILE'
        : 'Name the file that holds the key with the option `key`.',
  });
}
