import { isKeyError, type KeyReading } from '@magic-hour-keys/core';
import { isDisabledSecret, isNotFound } from './classify.ts';
import { dateOf, membersOf } from './members-of.ts';
import type { AzureSettings } from './options.ts';
import { readVersion } from './read-version.ts';
import type { AzureSession } from './session.ts';

interface ListedVersion {
  readonly version: string;
  readonly createdMs: number;
}

/**
 * The newest of the enabled versions that were created before the current one. Key Vault keeps no label for it, so it
 * is found by the time of creation; the order of a list is not promised.
 */
export async function readPrevious(
  session: AzureSession,
  settings: AzureSettings,
  signal: AbortSignal,
): Promise<KeyReading | undefined> {
  try {
    // One after the other: the SDK's client gets into a muddle when its first two requests meet the challenge at once.
    const currentVersion = await findCurrent(session, signal);
    const listed = await session.listVersions(signal);
    const all = listed.map(membersOf);
    const newestFirst = all.flatMap(toVersion).toSorted((one, other) => other.createdMs - one.createdMs);
    const current = currentVersion ?? newestFirst[0]?.version;
    const enabled = new Set(
      all.filter(({ enabled: isEnabled }) => isEnabled !== false).map(({ version }) => version),
    );
    const previous = newestFirst.find(({ version }) => version !== current && enabled.has(version));
    return previous && (await readVersion(session, previous.version, settings, signal));
  } catch (raw) {
    if (isNotFound(raw)) return undefined;
    throw raw;
  }
}

/** Times have whole seconds, so two versions of one second can only be told apart by asking which one is current. */
async function findCurrent(session: AzureSession, signal: AbortSignal): Promise<unknown> {
  try {
    const { properties } = membersOf(await session.getSecret(undefined, signal));
    return membersOf(properties)['version'];
  } catch (raw) {
    // Disabled, and so the newest of the list.
    if (isDisabledSecret(raw) || (isKeyError(raw) && raw.code === 'disabled')) return undefined;
    throw raw;
  }
}

function toVersion({ version, createdOn }: Readonly<Record<string, unknown>>): readonly ListedVersion[] {
  const createdAt = dateOf(createdOn);
  return typeof version === 'string' && createdAt ? [{ version, createdMs: createdAt.getTime() }] : [];
}
