import { isKeyError, type KeyReading } from '@magic-hour-keys/core';
import type { VaultSettings } from './options.ts';
import { readSecret, readVersion } from './read-secret.ts';
import type { SecretPlace } from './secret-place.ts';
import type { Ask } from './start-asking.ts';
import { isRefusal } from './vault-refusal.ts';

/** Versions that are deleted are passed over, but not for ever: Vault keeps ten by default. */
const MOST_STEPS = 3;

/** The version before the current one, without a permission beyond `read`; undefined where there is none. */
export async function readPreviousSecret(
  ask: Ask,
  place: SecretPlace,
  settings: VaultSettings,
): Promise<KeyReading | undefined> {
  if (place.engine === 1) return undefined;
  const current = settings.version ?? (await findCurrent(ask, place));
  for (let version = current - 1; version >= Math.max(1, current - MOST_STEPS); version--) {
    try {
      // Each step is taken only when the one before it led nowhere.
      // oxlint-disable-next-line no-await-in-loop
      return await readSecret(ask, place, version, settings);
    } catch (raw) {
      // Deleted, or it held something else than a key.
      if (!isKeyError(raw) && !(isRefusal(raw) && raw.status === 404)) throw raw;
    }
  }
  return undefined;
}

/** A version that is deleted still tells its number. */
async function findCurrent(ask: Ask, place: SecretPlace): Promise<number> {
  try {
    const { number = 0 } = await readVersion(ask, place, undefined);
    return number;
  } catch (raw) {
    if (isRefusal(raw) && raw.version !== undefined) return raw.version;
    throw raw;
  }
}
