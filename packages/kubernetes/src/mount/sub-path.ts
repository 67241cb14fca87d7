import { readFile } from 'node:fs/promises';

/**
 * Whether the file comes from a mount with `subPath`, which the kubelet never updates: there not the volume is mounted
 * but a file or folder in it, and so inside of the folder of one version. Only Linux tells.
 *
 * Source: kubernetes.io/docs/concepts/storage/volumes, "Using subPath"; the fields are those of proc_pid_mountinfo(5).
 */
export async function isSubPathMount(path: string): Promise<boolean> {
  try {
    return findsSubPath(await readFile('/proc/self/mountinfo', 'utf8'), path);
  } catch {
    return false;
  }
}

/** The name that the kubelet gives to the folder of one version. */
const VERSION_FOLDER = /(^|\/)\.\.\d{4}_\d\d_\d\d_\d\d_\d\d_\d\d\.\d+(\/|$)/;

/** @param mountInfo as Linux has it in `/proc/self/mountinfo` */
export function findsSubPath(mountInfo: string, path: string): boolean {
  let longest = '';
  let root = '';
  for (const line of mountInfo.split('\n')) {
    const [, , , mounted = '', at = ''] = line.split(' ').map(unescape);
    const holds = path === at || path.startsWith(at.endsWith('/') ? at : `${at}/`);
    // Of two mounts at one place the later one covers the other.
    if (at !== '' && holds && at.length >= longest.length) [longest, root] = [at, mounted];
  }
  return VERSION_FOLDER.test(root);
}

/** Blanks and the like are written as `\040`. */
function unescape(field: string): string {
  return field.replaceAll(/\\([0-7]{3})/g, (_, octal: string) => String.fromCodePoint(parseInt(octal, 8)));
}
