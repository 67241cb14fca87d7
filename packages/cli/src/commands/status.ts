import { isKeyError, type KeyError, type KeyHealth, type KeyProvider } from '@magic-hour-keys/core';
import type { EnvironmentOptions } from '../environment-options.ts';
import { EXIT } from '../exit-codes.ts';
import { writeJson, type CliIo } from '../io.ts';
import { tellError } from '../tell-error.ts';
import { styleFor, type Style } from '../terminal/style.ts';
import { withProvider } from '../with-provider.ts';

export interface StatusOptions extends EnvironmentOptions {
  readonly json?: boolean | undefined;
}

/**
 * Reads the key once, and shows the health of the provider after that: what `provider.health()` gives to a program.
 *
 * @throws KeyError `invalid_config` where the configuration is wrong.
 */
export async function status(options: StatusOptions, io: CliIo): Promise<number> {
  const { failure, health } = await withProvider(options, io, async (provider) => ({
    failure: await failureOf(provider),
    health: provider.health(),
  }));
  if (options.json) writeJson(io, toJson(health));
  else io.stdout.write(describe(health, styleFor(io.stdout, io.env)));
  return failure === undefined ? EXIT.ok : tellError(failure, io).exitCode;
}

/** @throws what is no KeyError */
async function failureOf(provider: KeyProvider): Promise<KeyError | undefined> {
  try {
    await provider.getKey();
    return undefined;
  } catch (error) {
    if (isKeyError(error)) return error;
    throw error;
  }
}

const MEMBERS = [
  ['state', 'state'],
  ['source', 'source'],
  ['location', 'location'],
  ['last4', 'last4'],
  ['version', 'version'],
  ['ageMs', 'confirmed'],
  ['lastErrorCode', 'last error'],
  ['nextAttemptInMs', 'next attempt'],
  ['survivesOutageMs', 'outage survived'],
] as const;

/** The same members each time; what is not known is null. Times are whole milliseconds. */
function toJson(health: KeyHealth): unknown {
  return Object.fromEntries(
    MEMBERS.map(([name]) => {
      const value = health[name] ?? null;
      return [name, typeof value === 'number' ? Math.round(value) : value];
    }),
  );
}

function describe(health: KeyHealth, style: Style): string {
  const width = Math.max(...MEMBERS.map(([, label]) => label.length));
  return MEMBERS.flatMap(([name, label]) => {
    const value = health[name];
    if (value === undefined) return [];
    const text = typeof value === 'number' ? describeTime(name, value) : value;
    return [`${label.padEnd(width)}  ${name === 'state' ? paintState(health, style) : text}\n`];
  }).join('');
}

function paintState({ state }: KeyHealth, style: Style): string {
  if (state === 'fresh') return style.good(state);
  return state === 'empty' ? style.bad(state) : style.warn(state);
}

function describeTime(name: string, ms: number): string {
  const text = inUnits(ms);
  if (name === 'ageMs') return `${text} ago`;
  return name === 'nextAttemptInMs' && ms === 0 ? 'at once' : text;
}

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1000],
] as const;

/** In the largest unit of which there are at least two. */
function inUnits(ms: number): string {
  const [unit, size] = UNITS.find(([, unitMs]) => ms >= 2 * unitMs) ?? (['ms', 1] as const);
  return `${Math.round(ms / size)} ${unit}`;
}
