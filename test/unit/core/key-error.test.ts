import { inspect } from 'node:util';
import { isKeyError, KeyError, type KeyErrorCode } from '@magic-hour-keys/core';
import { findLeaks, makeTestKey } from '@magic-hour-keys/testing';
import { expect, test } from 'vitest';
import { toKeyError } from '../../../packages/core/src/to-key-error.ts';

const source = { name: 'aws', location: 'prod/magic-hour', read: () => Promise.reject(new Error('unused')) };

test('an error says where, what, and what to do next', () => {
  const error = new KeyError({
    code: 'access_denied',
    source: 'aws',
    location: 'prod/magic-hour',
    hint: 'Allow secretsmanager:GetSecretValue.',
  });
  expect(error.message).toBe('aws (prod/magic-hour): access_denied. Allow secretsmanager:GetSecretValue.');
  expect(
    new KeyError({ code: 'timeout', source: 'vault', message: 'no answer within 3000 ms' }).message,
  ).toBe('vault: no answer within 3000 ms [timeout]');
  expect(error.name).toBe('KeyError');
  expect(inspect(error)).toContain("code: 'access_denied'");
});

test('only passing failures are transient', () => {
  const codes: readonly KeyErrorCode[] = ['throttled', 'timeout', 'unavailable', 'unknown'];
  for (const code of codes) expect(new KeyError({ code }).transient).toBe(true);
  for (const code of ['not_found', 'access_denied', 'unauthenticated', 'invalid_key', 'closed'] as const) {
    expect(new KeyError({ code }).transient).toBe(false);
  }
});

test('an error of another copy of the package is recognised without instanceof', () => {
  const foreign = Object.assign(new Error('x'), { [Symbol.for('magic-hour-keys.error')]: true });
  expect(isKeyError(foreign)).toBe(true);
  expect(isKeyError(new Error('x'))).toBe(false);
  expect(isKeyError(undefined)).toBe(false);
  expect(isKeyError('KeyError')).toBe(false);
});

test('upstream keeps the name, the status and the request id, and nothing else', () => {
  const upstream = { name: 'Denied', status: 403, requestId: 'r1', body: 'secret' };
  expect(new KeyError({ code: 'access_denied', upstream }).upstream).toEqual({
    name: 'Denied',
    status: 403,
    requestId: 'r1',
  });
});

test('an upstream name or request id that may be a key is dropped', () => {
  const key = makeTestKey();
  const upstream = { name: key, status: 500, requestId: key };
  expect(new KeyError({ code: 'unavailable', upstream }).upstream).toEqual({ status: 500 });
  expect(new KeyError({ code: 'unavailable', upstream: { name: 'ECONNREFUSED' } }).upstream).toEqual({
    name: 'ECONNREFUSED',
  });
  const named = Object.assign(new Error('x'), { name: key });
  expect(findLeaks(toKeyError(named, source), [key])).toEqual([]);
});

test('an error that throws when it is looked at is still told', () => {
  const trap = new Proxy(new Error('x'), {
    get() {
      throw new Error('hunter2');
    },
  });
  expect(toKeyError(trap, source).code).toBe('unknown');
});

test('a raw error is wrapped without its text, its cause or its members', () => {
  const raw = Object.assign(new TypeError('token hunter2 was refused'), { config: { token: 'hunter2' } });
  const error = toKeyError(raw, source);
  expect(error.code).toBe('unknown');
  expect(error.upstream).toEqual({ name: 'TypeError' });
  expect(error.cause).toBeUndefined();
  expect(inspect(error, { showHidden: true, depth: Infinity })).not.toContain('hunter2');
});

test('a classifier decides code, hint and Retry-After; one that throws is survived', () => {
  const classified = toKeyError(new Error('x'), {
    ...source,
    classify: () => ({ code: 'throttled', hint: 'Ask less often.', retryAfterMs: 2000, secret: 'hunter2' }),
  });
  expect(classified).toMatchObject({ code: 'throttled', hint: 'Ask less often.', retryAfterMs: 2000 });
  expect(inspect(classified, { showHidden: true })).not.toContain('hunter2');
  expect(toKeyError(new Error('x'), { ...source, classify: () => 'not_found' }).code).toBe('not_found');
  const broken = {
    ...source,
    classify: (): never => {
      throw new Error('oops');
    },
  };
  expect(toKeyError('a string was thrown', broken).code).toBe('unknown');
});

test('a KeyError passes unchanged', () => {
  const error = new KeyError({ code: 'disabled' });
  expect(toKeyError(error, { ...source, classify: () => 'unknown' })).toBe(error);
});

test('serialised for a log, an error keeps its useful fields', () => {
  const error = new KeyError({ code: 'timeout', source: 'vault', location: 'secret/x', hint: 'Wait.' });
  expect(JSON.parse(JSON.stringify(error))).toMatchObject({
    name: 'KeyError',
    code: 'timeout',
    source: 'vault',
    location: 'secret/x',
    transient: true,
    hint: 'Wait.',
  });
});
