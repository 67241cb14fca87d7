import type { KeyPlace } from '../author/key-place.ts';
import { isKeyError, KeyError, type KeyFailure } from '../index.ts';

const OUT_OF_DESCRIPTORS: ReadonlySet<string> = new Set(['EMFILE', 'ENFILE']);

interface FileProblem extends KeyFailure {
  readonly message: string;
}

/** What the file system said about a file, as a `KeyError`. A `KeyError` and an abort's reason pass unchanged. */
export function fileError(raw: unknown, path: string, where: KeyPlace): unknown {
  const code = systemCode(raw);
  if (isKeyError(raw) || code === undefined) return raw;
  const { upstream = { name: code }, ...problem } = problemOf(code, path);
  return new KeyError({ source: where.source, location: where.location, ...problem, upstream });
}

function problemOf(code: string, path: string): FileProblem {
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return {
        code: 'not_found',
        message: `${path} does not exist`,
        hint: `Create ${path}, or correct its path.`,
      };
    case 'EACCES':
    case 'EPERM':
      return { code: 'access_denied', message: `${path} may not be read`, hint: accessHint(path) };
    case 'EISDIR':
    case 'ENXIO':
      return notRegular(path, 'not a regular file');
    case 'ELOOP':
    case 'ENAMETOOLONG':
    case 'ERR_INVALID_ARG_VALUE':
      return { code: 'invalid_config', message: `${path} is not a usable path`, hint: 'Correct the path.' };
    default:
      return {
        code: 'unavailable',
        message: `${path} could not be read (${code})`,
        hint: OUT_OF_DESCRIPTORS.has(code)
          ? 'The process has too many open files: raise its limit (ulimit -n), or find what leaves them open.'
          : `Check the disk or the mount that holds ${path}.`,
      };
  }
}

/** @param kind such as `"a folder"` */
export function notRegular(path: string, kind: string): FileProblem {
  return {
    code: 'invalid_config',
    message: `${path} is ${kind}`,
    hint: `Put a regular file at ${path}, or correct the path.`,
  };
}

function accessHint(path: string): string {
  const user = process.getuid?.();
  if (user === undefined) return `Let the user who runs this process read ${path}.`;
  return `Let user ${user} read it: chmod u+r ${path} if it belongs to that user, else chown ${user} ${path}; the folders above it need x.`;
}

/** Node's own errors carry a code in capitals; anything else is not ours to explain. */
function systemCode(raw: unknown): string | undefined {
  const code: unknown = raw instanceof Error ? (raw as NodeJS.ErrnoException).code : undefined;
  return typeof code === 'string' && /^E[A-Z0-9_]{1,63}$/.test(code) ? code : undefined;
}
