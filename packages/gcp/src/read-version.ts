import { isKeyError, KeyError, type KeyReading } from '@magic-hour-keys/core';
import { selectField } from '@magic-hour-keys/core/author';
import { codeOfError } from './classify.ts';
import { crc32c } from './crc32c.ts';
import { notAnAnswer } from './not-an-answer.ts';
import type { GcpSettings } from './options.ts';
import { versionOf } from './secret-name.ts';
import type { GcpSessions } from './sessions.ts';

/** How far back a version that was neither disabled nor destroyed is looked for. Each step is one request. */
const MOST_STEPS_BACK = 5;

/**
 * One version of the secret, in one request. The answer tells the version's number but not its time, and the request
 * for that has a quota of 600 a minute, so it is never made.
 */
export async function readVersion(
  sessions: GcpSessions,
  version: string,
  settings: GcpSettings,
  signal: AbortSignal,
): Promise<KeyReading> {
  const answer = await sessions.access(nameOf(version, settings), signal);
  return toReading(answer, settings);
}

/** The newest version below the current one that can be read. Numbers may be missing, disabled or destroyed. */
export async function readPrevious(
  sessions: GcpSessions,
  settings: GcpSettings,
  signal: AbortSignal,
): Promise<KeyReading | undefined> {
  const { sequence = 0 } = await readVersion(sessions, settings.version, settings, signal);
  const lowest = Math.max(1, sequence - MOST_STEPS_BACK);
  for (let number = sequence - 1; number >= lowest; number--) {
    try {
      // The next one is asked for only where this one can't be read.
      // oxlint-disable-next-line no-await-in-loop
      return await readVersion(sessions, String(number), settings, signal);
    } catch (raw) {
      if (!isOutOfForce(raw)) throw raw;
    }
  }
  return undefined;
}

function isOutOfForce(raw: unknown): boolean {
  const code = isKeyError(raw) ? undefined : codeOfError(raw);
  return code === 'not_found' || code === 'disabled';
}

function nameOf(version: string, settings: GcpSettings): string {
  const { region, secretName, location } = settings;
  const project = settings.project ?? process.env['GOOGLE_CLOUD_PROJECT'];
  if (project === undefined || project === '') {
    throw new KeyError({
      code: 'invalid_config',
      source: 'gcp',
      location,
      message: 'no project is named',
      hint: 'Set the option `project`, or GOOGLE_CLOUD_PROJECT, or give the full name of the secret.',
    });
  }
  const place = region === undefined ? '' : `/locations/${region}`;
  return `projects/${project}${place}/secrets/${secretName}/versions/${version}`;
}

/** The answer as a reading. Its shape is checked: the SDK takes an empty message, or other JSON, for success. */
function toReading(answer: unknown, settings: GcpSettings): KeyReading {
  const { name, payload } = membersOf(answer);
  const { data, dataCrc32c } = membersOf(payload);
  const version = versionOf(name);
  if (!(data instanceof Uint8Array) || version === undefined) throw notAnAnswer(settings.location);
  checkSum(data, dataCrc32c, settings);
  return { value: pickField(data, settings), version, sequence: Number(version) };
}

/** A decimal text, or an object of the `long` package in a client that was handed in. Absent from some emulators. */
function checkSum(data: Uint8Array, expected: unknown, { location }: GcpSettings): void {
  if (expected === undefined || expected === null || String(expected) === String(crc32c(data))) return;
  throw new KeyError({
    code: 'unavailable',
    source: 'gcp',
    location,
    message: 'the payload was damaged on its way: its checksum is another one',
    hint: 'Try again; if it goes on, look at the proxies between here and Google.',
  });
}

/** Bytes are passed on as they are, unless a member is to be found in them. */
function pickField(data: Uint8Array, { field, location }: GcpSettings): string | Uint8Array {
  if (field === undefined) return data;
  return selectField(decode(data, location), field, { source: 'gcp', location });
}

function decode(bytes: Uint8Array, location: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new KeyError({
      code: 'invalid_key',
      source: 'gcp',
      location,
      message: 'the stored bytes are not UTF-8 text, so they have no members',
      hint: 'Store JSON; or, if the key is stored alone, leave the option `field` out.',
    });
  }
}

function membersOf(answer: unknown): Readonly<Record<string, unknown>> {
  return { ...(answer as object | undefined) };
}
