import { KeyError } from './key-error.ts';
import type { KeyEvent } from './key-event.ts';
import type { KeyRuntime } from './key-runtime.ts';

/** All times in milliseconds. In JSON the names lose their `Ms` and the values are durations such as `"10m"`. */
export interface KeyPolicy {
  /** How long a key is used without asking the store. Default 5 minutes. */
  readonly freshMs?: number | undefined;
  /** How long the last good key survives a store that fails. Default 24 hours. */
  readonly maxStaleMs?: number | undefined;
  /** The bound on one read, retries included. Default 10 seconds. */
  readonly deadlineMs?: number | undefined;
  /** The bound on one attempt after the first read. Default 3 seconds. */
  readonly attemptMs?: number | undefined;
  /** How long a key is served after the store began to refuse access. Default 15 minutes. */
  readonly deniedGraceMs?: number | undefined;
  /** The age from which `key-age` events are sent. Default 90 days. */
  readonly maxAgeMs?: number | undefined;
  /** Whether the source's own change notices are used where it has them. Default true. */
  readonly watch?: boolean | undefined;
}

export interface KeyProviderOptions extends KeyPolicy {
  readonly onEvent?: ((event: KeyEvent) => void) | undefined;
  /** For debugging only: gets the SDK's raw error, which may hold secrets. */
  readonly onRawError?: ((error: unknown) => void) | undefined;
  /** Clock, randomness and timers; for tests. */
  readonly runtime?: KeyRuntime | undefined;
  /** Which environment of a config this is, and what decided it: told in the `resolved` event. */
  readonly environment?: { readonly name: string; readonly from: string } | undefined;
}

/** A policy with every member set. */
export type ResolvedKeyPolicy = { readonly [Name in keyof KeyPolicy]-?: Exclude<KeyPolicy[Name], undefined> };

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

const DEFAULT_KEY_POLICY: ResolvedKeyPolicy = {
  freshMs: 5 * MINUTE_MS,
  maxStaleMs: DAY_MS,
  deadlineMs: 10_000,
  attemptMs: 3000,
  deniedGraceMs: 15 * MINUTE_MS,
  maxAgeMs: 90 * DAY_MS,
  watch: true,
};

/** Fills in the defaults. @throws KeyError `invalid_config` for NaN, a negative number, or a deadline of 0. */
export function resolveKeyPolicy(policy: KeyPolicy): ResolvedKeyPolicy {
  const resolved: Record<string, unknown> = {};
  for (const [name, fallback] of Object.entries(DEFAULT_KEY_POLICY)) {
    const value: unknown = policy[name as keyof KeyPolicy] ?? fallback;
    const least = name === 'deadlineMs' || name === 'attemptMs' ? 1 : 0;
    const isValid = typeof value === typeof fallback && !(Number(value) < least) && !Number.isNaN(value);
    if (!isValid) {
      const hint = `Set the policy option ${name} to ${typeof fallback === 'number' ? `at least ${least} ms` : 'true or false'}.`;
      throw new KeyError({ code: 'invalid_config', hint });
    }
    resolved[name] = value;
  }
  return resolved as ResolvedKeyPolicy;
}
