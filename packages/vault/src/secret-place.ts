import { KeyError } from '@magic-hour-keys/core';
import { member } from './member.ts';
import type { VaultSettings } from './options.ts';
import type { Ask } from './start-asking.ts';
import { encodePath, splitPath } from './vault-path.ts';
import { createRefusal, isRefusal } from './vault-refusal.ts';

/** Where a secret is, as its engine wants to be asked. */
export interface SecretPlace {
  readonly engine: 1 | 2;
  readonly mount: readonly string[];
  readonly name: readonly string[];
}

const PREFLIGHT = ['sys', 'internal', 'ui', 'mounts'];
/** Engines that answer a read as KV version 1 does. */
const KV_TYPES: ReadonlySet<unknown> = new Set(['kv', 'generic', 'cubbyhole', undefined]);

/** What the options say by themselves, or undefined where Vault must be asked. */
export function knownPlace({ kvVersion, segments, mountSegments }: VaultSettings): SecretPlace | undefined {
  return kvVersion && placeBelow(mountSegments, segments, kvVersion);
}

/**
 * Asks which mount the path belongs to and of which version it is, as the command `vault kv` does. Every token that can
 * read the secret may ask.
 *
 * @throws KeyError `invalid_config` when the path belongs to something else than a KV engine
 */
export async function findPlace(ask: Ask, settings: VaultSettings): Promise<SecretPlace> {
  const { segments, mountSegments } = settings;
  const path = encodePath(...PREFLIGHT, ...segments);
  try {
    const data = member(await ask(path), 'data');
    const mount = member(data, 'path');
    const mounted = typeof mount === 'string' ? splitPath(mount) : [];
    const isAbove = mounted.length > 0 && mounted.every((segment, index) => segment === segments[index]);
    if (!isAbove) {
      throw createRefusal({ status: 200, path: decodeURIComponent(path), reason: 'malformed' });
    }
    if (!KV_TYPES.has(member(data, 'type'))) throw wrongPath(settings, 'belongs to an engine that is not KV');
    if (mounted.length === segments.length)
      throw wrongPath(settings, 'is a mount, and names no secret in it');
    return placeBelow(mounted, segments, member(member(data, 'options'), 'version') === '2' ? 2 : 1);
  } catch (raw) {
    // Vault before 0.10 does not know the question, nor version 2. The login, which may come first, has 404s of its own.
    if (isRefusal(raw) && raw.status === 404 && raw.path.startsWith(PREFLIGHT.join('/')))
      return placeBelow(mountSegments, segments, 1);
    throw raw;
  }
}

function placeBelow(mount: readonly string[], segments: readonly string[], engine: 1 | 2): SecretPlace {
  return { engine, mount, name: segments.slice(mount.length) };
}

function wrongPath({ location, path }: VaultSettings, problem: string): KeyError {
  return new KeyError({
    code: 'invalid_config',
    source: 'vault',
    location,
    message: `${path} ${problem}`,
    hint: 'Correct `path`: a mount and a name, such as secret/magic-hour; the KV engines there are: vault secrets list',
  });
}
