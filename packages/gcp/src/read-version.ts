import { isKeyError, KeyError, type KeyReading } from '@magic-hour-keys/core';
import { selectField, type Sessions } from '@magic-hour-keys/core/author';
import { codeOfError } from './classify.ts';
import { crc32c } from './crc32c.ts';
import { notAnAnswer } from './not-an-answer.ts';
import type { GcpSettings } from './options.ts';
import { versionOf } from './secret-name.ts';
import type { GcpSession } from './session.ts';

/** How far back a version that was neither disabled nor destroyed is looked for. Each step is one request. */
const MOST_STEPS_BACK = 5;

/**
 * One version of the secret, in one request. The answer tells the version's number but not its time, and the request
 * for that has a quota of 600 a minute, so it is never made.
 */
export async function readVersion(
  sessions: Sessions<GcpSession>,
  version: string,
  settings: GcpSettings,
  signal: AbortSignal,
): Promise<KeyReading> {
  const name = nameOf(version, settings);
  const answer = await sessions.use(signal, (session) => session.access(name, signal));
  return toReading(answer, settings);
}

/** The newest version below the current one that can be read. Numbers may be missing, disabled or destroyed. */
export async function readPrevious(
  sessions: Sessions<GcpSession>,
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
  return {
    value: selectField(data, settings.field, { source: 'gcp', location: settings.location }),
    version,
    sequence: Number(version),
  };
}

/** A decimal text, or an object of the `long` package in a client that was handed in. Absent from some emulators. */
function checkSum(data: Uint8Array, expected: unknown, { location }: GcpSettings): void {
  if (expected === undefined || expected === null) return;
  if (Number(expected) === crc32c(data)) return;
  throw new KeyError({
    code: 'unavailable',
    source: 'gcp',
    location,
    message: 'the payload was damaged on its way: its checksum is another one',
    hint: 'Try again; if it goes on, look at the proxies between here and Google.',
  });
}

function membersOf(answer: unknown): Readonly<Record<string, unknown>> {
  return { ...(answer as object | undefined) };
}
