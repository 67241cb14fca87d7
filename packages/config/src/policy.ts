import type { KeyPolicy } from '@magic-hour-keys/core';
import * as v from 'valibot';
import { DURATION, DURATION_ABOVE_ZERO, parseDuration } from './duration.ts';

/** The member `policy` of an environment. Durations are text with a unit, such as `"10m"`. */
export interface PolicyConfig {
  /** How long a key is used without asking the store. Default `"5m"`. */
  readonly fresh?: string | undefined;
  /** How long the last good key survives a store that fails. Default `"24h"`. */
  readonly maxStale?: string | undefined;
  /** The bound on one read, retries included. Default `"10s"`. */
  readonly deadline?: string | undefined;
  /** The bound on one attempt after the first read. Default `"3s"`. */
  readonly attempt?: string | undefined;
  /** How long a key is served after the store began to refuse access. Default `"15m"`. */
  readonly deniedGrace?: string | undefined;
  /** The age from which `key-age` events are sent. Default `"90d"`. */
  readonly maxAge?: string | undefined;
  /** Whether the source's own change notices are used where it has them. Default true. */
  readonly watch?: boolean | undefined;
}

export const policySchema: v.GenericSchema<PolicyConfig> = v.pipe(
  v.strictObject({
    fresh: duration('How long a key is used without asking the store. Default "5m".'),
    maxStale: duration('How long the last good key survives a store that fails. Default "24h".'),
    deadline: durationAboveZero('The bound on one read, retries included. Default "10s".'),
    attempt: durationAboveZero('The bound on one attempt after the first read. Default "3s".'),
    deniedGrace: duration('How long a key is served after the store began to refuse access. Default "15m".'),
    maxAge: duration('The age from which key-age events are sent. Default "90d".'),
    watch: v.optional(
      v.pipe(
        v.boolean(),
        v.description("Whether the source's own change notices are used where it has them. Default true."),
      ),
    ),
  }),
  v.description('How long a key is used, kept and waited for.'),
);

/** The policy as core takes it; for one that the schema has passed. */
export function toKeyPolicy(policy: PolicyConfig): KeyPolicy {
  const { watch, ...durations } = policy;
  const entries = Object.entries(durations).flatMap(([name, text]) =>
    text === undefined ? [] : [[`${name}Ms`, parseDuration(text)]],
  );
  return { ...(Object.fromEntries(entries) as KeyPolicy), ...(watch !== undefined && { watch }) };
}

function duration(description: string): v.GenericSchema<string | undefined> {
  const expectation = 'a duration with its unit, such as "500ms", "10s", "10m", "6h" or "90d"';
  return durationLike(DURATION, description, expectation);
}

function durationAboveZero(description: string): v.GenericSchema<string | undefined> {
  const expectation = 'a duration above 0 with its unit, such as "500ms" or "10s"';
  return durationLike(DURATION_ABOVE_ZERO, description, expectation);
}

function durationLike(
  pattern: RegExp,
  description: string,
  expectation: string,
): v.GenericSchema<string | undefined> {
  return v.optional(
    v.pipe(v.string(), v.regex(pattern), v.description(description), v.metadata({ expectation })),
  );
}
