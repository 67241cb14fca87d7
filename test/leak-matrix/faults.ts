import type { ApiKey, KeyErrorCode, ManagedKeyProvider } from '@magic-hour-keys/core';
import { createApiKey } from '@magic-hour-keys/core';
import type { BreakMode } from '@magic-hour-keys/testing/conformance';
import type { Canaries } from './canaries.ts';
import {
  aggregateError,
  chainOfCauses,
  errorNamedBy,
  quotingError,
  sdkError,
  suppressedError,
  talkativeError,
  trappedError,
} from './raw-errors.ts';
import type { Behaviour, OpenSource, StoredValue } from './source-under-test.ts';

/** One column of the matrix: what happens to the store. */
export interface Fault {
  readonly name: string;
  /** How a first read ends: with the key, or with an error of one of these codes. */
  readonly ends: readonly (KeyErrorCode | 'key')[];
  /** Lets it happen; false where it can't happen to this source. */
  apply(source: OpenSource, canaries: Canaries): Promise<boolean> | boolean;
  /** What a program would have shown that passes on what it got: must be found, or this column proves nothing. */
  planted(canaries: Canaries): unknown;
  /** Default `in process`. */
  readonly happens?: 'on the wire' | undefined;
  /** How the key is asked for. Default `getKey()`. */
  readonly ask?: ((provider: ManagedKeyProvider) => Promise<ApiKey>) | undefined;
}

/** What may stand where the key belongs. */
const VALUE_FAULTS: readonly Fault[] = [
  stored('nothing is stored', () => undefined, ['not_found']),
  stored('an empty value', () => '', ['invalid_key', 'not_found']),
  stored('a placeholder', () => 'your_api_key_here', ['invalid_key']),
  stored('a quote in front of the key', ({ key }) => `”${key}`, ['invalid_key']),
  stored('a line break inside the key', ({ key }) => `${key.slice(0, 20)}\n${key.slice(20)}`, [
    'invalid_key',
  ]),
  stored('a NUL inside the key', ({ key }) => `${key.slice(0, 20)}\0${key.slice(20)}`, [
    'invalid_key',
    'invalid_config',
  ]),
  stored('an emoji behind the key', ({ key }) => `${key}🔑`, ['invalid_key']),
  stored('a key that was cut off', ({ key }) => key.slice(-15), ['invalid_key']),
  stored('a key many times over', ({ key }) => key.repeat(40), ['invalid_key']),
  stored('JSON instead of the key', (canaries) => JSON.stringify(canaries), [
    'invalid_key',
    'invalid_config',
  ]),
  stored('half of a JSON document', (canaries) => JSON.stringify(canaries).slice(0, -20), ['invalid_key']),
  stored('the key in UTF-16', ({ key }) => Buffer.from(`\uFEFF${key}`, 'utf16le'), [
    'invalid_key',
    'invalid_config',
  ]),
  stored('bytes that are no text', ({ key }) => Buffer.concat([Buffer.from(key), Buffer.from([0xff])]), [
    'invalid_key',
  ]),
];

/** What an SDK may throw. */
const ERROR_FAULTS: readonly Fault[] = [
  failing('an error that quotes the secrets', quotingError, ['unknown']),
  failing('secrets in a chain of causes', chainOfCauses, ['unknown']),
  failing('an AggregateError', aggregateError, ['unknown']),
  failing('a suppressed error', suppressedError, ['unknown']),
  failing('an error named by the key', ({ key }) => errorNamedBy(key), ['unknown']),
  failing('an error named by the credential', ({ credential }) => errorNamedBy(credential), ['unknown']),
  failing('an error that shows itself in its own way', talkativeError, ['unknown']),
  failing('an error that throws when it is read', trappedError, ['unknown']),
  failing('a server error that echoes the secret', (canaries) => sdkError(canaries, 500, canaries.key), [
    'unavailable',
    'unknown',
  ]),
  failing('throttled', (canaries) => sdkError(canaries, 429), ['throttled', 'unknown']),
  failing('denied', (canaries) => sdkError(canaries, 403), ['access_denied', 'unknown']),
  failing('login refused', (canaries) => sdkError(canaries, 401), ['unauthenticated', 'unknown']),
  failing('a string is thrown', ({ credential, key }) => `token ${credential} got ${key}`, ['unknown']),
  failing('the key itself is thrown', ({ key }) => key, ['unknown']),
  failing('an object is thrown', (canaries) => ({ message: canaries.key, canaries }), ['unknown']),
];

/** What a store may do on the wire. */
const STORE_FAULTS: readonly Fault[] = [
  inStore('denied', ['access_denied']),
  inStore('unauthenticated', ['unauthenticated']),
  inStore('throttled', ['throttled']),
  inStore('unavailable', ['unavailable']),
  inStore('hang', ['timeout']),
  inStore('malformed', ['unknown', 'unavailable', 'invalid_key']),
];

/** What a source may answer that breaks the contract. */
const ANSWER_FAULTS: readonly Fault[] = [
  answering('the bare key instead of a reading', ({ key }) => key, ['invalid_key']),
  answering('a reading of a list', ({ key }) => ({ value: [key] }), ['invalid_key']),
  answering('a reading of the whole answer', (canaries) => ({ value: { data: canaries } }), ['invalid_key']),
  answering(
    'dates and warnings of the wrong kind',
    (c) => ({ value: c.key, expiresAt: c.body, warnings: 7 }),
    ['unknown'],
  ),
  answering('a reading that has expired', ({ key }) => ({ value: key, expiresAt: new Date(0) }), [
    'disabled',
  ]),
  answering('a reading with everything else in it', (c) => ({ value: c.key, raw: sdkError(c, 200) }), [
    'key',
  ]),
];

const LIFE_FAULTS: readonly Fault[] = [
  { name: 'healthy', ends: ['key'], apply: () => true, planted: ({ key }) => [key] },
  behaving('no answer', () => ({ kind: 'hang' }), ['timeout']),
  behaving(
    'an error after the deadline',
    (canaries) => ({ kind: 'hang', failLater: () => quotingError(canaries) }),
    ['timeout'],
  ),
  {
    ...behaving('close during the read', () => ({ kind: 'hang' }), ['closed']),
    async ask(provider) {
      const pending = provider.getKey();
      await Promise.all([provider.close(), pending.catch(() => undefined)]);
      return pending;
    },
  },
  members('a classifier that throws', ['unknown'], (canaries) => ({
    read: () => Promise.reject(sdkError(canaries, 500)),
    classify: () => {
      throw quotingError(canaries);
    },
  })),
  members('a classifier that gives too much', ['unavailable'], (canaries) => ({
    read: () => Promise.reject(sdkError(canaries, 500)),
    classify: (error) => {
      const upstream = { status: 500, headers: canaries, response: error };
      return { code: 'unavailable', upstream, cause: error, raw: canaries };
    },
  })),
  members('change notices that end with an error', ['key'], (canaries) => ({
    watch: () => Promise.reject(quotingError(canaries)),
  })),
  members('an error while closing', ['key'], (canaries) => ({
    close: () => Promise.reject(quotingError(canaries)),
  })),
  members('a key object is thrown', ['unknown'], ({ key }) => ({
    read: () => Promise.reject(createApiKey(key, { source: 'hand-written' })),
  })),
];

export const FAULTS: readonly Fault[] = [
  ...LIFE_FAULTS,
  ...VALUE_FAULTS,
  ...ERROR_FAULTS,
  ...STORE_FAULTS,
  ...ANSWER_FAULTS,
];

function stored(name: string, value: (canaries: Canaries) => StoredValue, ends: Fault['ends']): Fault {
  return {
    name,
    ends,
    apply: (source, canaries) => source.store?.(value(canaries)) ?? false,
    // A value without a secret in it stands for the store that it was found in.
    planted: (canaries) => [value(canaries), canaries.key],
  };
}

function behaving(
  name: string,
  behaviour: (canaries: Canaries) => Behaviour,
  ends: Fault['ends'],
  planted: (canaries: Canaries) => unknown = quotingError,
): Fault {
  return {
    name,
    ends,
    apply: (source, canaries) => source.misbehave?.(behaviour(canaries)) ?? false,
    planted,
  };
}

function failing(name: string, error: (canaries: Canaries) => unknown, ends: Fault['ends']): Fault {
  return behaving(name, (canaries) => ({ kind: 'fail', with: () => error(canaries) }), ends, error);
}

function inStore(mode: BreakMode, ends: Fault['ends']): Fault {
  const fault = behaving(`the store: ${mode}`, () => ({ kind: 'store', mode }), ends);
  return { ...fault, happens: 'on the wire' };
}

function answering(name: string, answer: (canaries: Canaries) => unknown, ends: Fault['ends']): Fault {
  return behaving(name, (canaries) => ({ kind: 'answer', with: () => answer(canaries) }), ends, answer);
}

function members(
  name: string,
  ends: Fault['ends'],
  make: (canaries: Canaries) => (Behaviour & { kind: 'members' })['members'],
): Fault {
  return behaving(name, (canaries) => ({ kind: 'members', members: make(canaries) }), ends);
}
