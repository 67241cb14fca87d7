import { isKeyError, KeyError, type KeyReading, type KeyWarning } from '@magic-hour-keys/core';
import { selectField } from '@magic-hour-keys/core/author';
import { readSmallFile, type SmallFile } from '@magic-hour-keys/core/node';
import type { MountSettings } from '../options.ts';
import { findFile, mountedPath, type FoundFile } from './find-file.ts';
import { isSubPathMount } from './sub-path.ts';

export interface MountedReading {
  readonly reading: KeyReading;
  /** What a watch compares, so that it tells nothing that the last read has seen. */
  readonly identity: string;
}

/** The kubelet removes the folder of the old version when it has put the new one into place. */
const MOST_SWAPS = 5;
/** A Secret has at most a mebibyte. */
const MAX_BYTES = 1_048_576;

/**
 * One read of the mounted file: one version of it, also while the kubelet puts another into place.
 *
 * @throws KeyError `not_found`, `access_denied`, `invalid_config`, `invalid_key`, `unavailable`
 */
export async function readMountedFile(settings: MountSettings, signal: AbortSignal): Promise<MountedReading> {
  const where = { source: 'kubernetes', location: settings.location };
  const { found, file } = await readCurrent(settings, signal);
  const warnings = await findWarnings(found, settings);
  return {
    identity: found.identity,
    reading: {
      value: selectField(file.text, settings.field, where),
      version: found.generation,
      ...(warnings.length > 0 && { warnings }),
    },
  };
}

async function readCurrent(
  settings: MountSettings,
  signal: AbortSignal,
): Promise<{ found: FoundFile; file: SmallFile }> {
  const where = { source: 'kubernetes', location: settings.location };
  for (let swaps = 1; ; swaps++) {
    try {
      // Each round starts from what is in place by then.
      // oxlint-disable-next-line no-await-in-loop
      const found = await findFile(settings);
      // oxlint-disable-next-line no-await-in-loop
      const file = await readSmallFile(found.realPath, {
        signal,
        where,
        maxBytes: MAX_BYTES,
        ...ageOf(found),
      });
      return { found, file };
    } catch (raw) {
      signal.throwIfAborted();
      if (isGone(raw) && swaps < MOST_SWAPS) continue;
      throw explain(raw, settings);
    }
  }
}

/** A file as young as this may be half written, but what the kubelet has put into place is not. */
function ageOf({ generation }: FoundFile): { wallMs?: () => number } {
  return generation === undefined ? {} : { wallMs: () => Number.MAX_SAFE_INTEGER };
}

function isGone(raw: unknown): boolean {
  return isKeyError(raw)
    ? raw.code === 'not_found' && raw.upstream !== undefined
    : systemCode(raw) === 'ENOENT';
}

/** What the file system said, about the path that a person knows. */
function explain(raw: unknown, settings: MountSettings): unknown {
  const code = systemCode(raw) ?? (isKeyError(raw) ? raw.upstream?.name : undefined);
  const path = mountedPath(settings);
  const at = { source: 'kubernetes', location: settings.location };
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return new KeyError({
      code: 'not_found',
      ...at,
      message: `${path} does not exist`,
      hint: `Mount the Secret there (volumes and volumeMounts of the pod), or correct \`mountPath\` and \`key\`; the keys of a Secret are shown by: kubectl describe secret NAME`,
      upstream: { name: code },
    });
  }
  if (code === 'EACCES' || code === 'EPERM') {
    return new KeyError({
      code: 'access_denied',
      ...at,
      message: `${path} may not be read by user ${process.getuid?.() ?? ''}`,
      hint: 'Set fsGroup in the securityContext of the pod, or defaultMode of the volume, so that this user may read it.',
      upstream: { name: code },
    });
  }
  return code === undefined || isKeyError(raw) ? raw : unreadable(code, path, at);
}

function unreadable(code: string, path: string, at: { source: string; location: string }): KeyError {
  return new KeyError({
    code: 'unavailable',
    ...at,
    message: `${path} could not be read (${code})`,
    hint: `Check the mount that holds ${path}.`,
    upstream: { name: code },
  });
}

async function findWarnings(
  { path }: FoundFile,
  { mountPath, cwd = '' }: MountSettings,
): Promise<readonly KeyWarning[]> {
  if (!(await isSubPathMount(path))) return [];
  const shown = cwd === '' ? path : mountPath;
  return [
    {
      code: 'kubernetes_sub_path_mount',
      message: `${shown} is mounted with subPath, and such a mount never changes: a rotation is not seen before the pod is replaced. Mount the whole volume at a folder of its own, without subPath.`,
    },
  ];
}

function systemCode(raw: unknown): string | undefined {
  const code: unknown =
    raw instanceof Error && !isKeyError(raw) ? (raw as NodeJS.ErrnoException).code : undefined;
  return typeof code === 'string' && /^E[A-Z0-9_]{1,63}$/.test(code) ? code : undefined;
}
