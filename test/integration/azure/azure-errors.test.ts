import type { KeyErrorCode } from '@magic-hour-keys/core';
import { makeTestKey } from '@magic-hour-keys/testing';
import type { AzureFault, DenialReason } from '@magic-hour-keys/testing/fakes/azure';
import { expect, test } from 'vitest';
import { failureOf } from '../store-reads.ts';
import { NAME, useAzure } from './azure-for-test.ts';

const world = useAzure();
/** Planted into every text that Azure sends; nothing of it may show in an error. */
const canary = makeTestKey();
const secrets = (): readonly string[] => [canary, ...world.secrets()];

test.each<[reason: DenialReason, hint: string]>([
  ['ForbiddenByRbac', 'Assign the role "Key Vault Secrets User"'],
  ['ForbiddenByPolicy', 'Allow secrets/get to this identity in the access policies'],
  ['ForbiddenByFirewall', 'The firewall of the vault'],
])('%s is access_denied, and the hint says: %s', async (reason, hint) => {
  world.azure.secrets.put(NAME, canary);
  world.azure.deny(reason);
  const error = await failureOf(world.source(), secrets());
  expect(error).toMatchObject({ code: 'access_denied', upstream: { name: reason, status: 403 } });
  expect(error.upstream?.requestId).toMatch(/^[0-9a-f-]{36}$/);
  expect(error.hint).toContain(hint);
});

test('a secret that is not there is not_found, and so is one that was deleted', async () => {
  expect(await failureOf(world.source(), secrets())).toMatchObject({ code: 'not_found' });
  world.azure.secrets.put(NAME, canary);
  world.azure.secrets.delete(NAME);
  const error = await failureOf(world.source(), secrets());
  expect(error).toMatchObject({ code: 'not_found', upstream: { name: 'SecretNotFound', status: 404 } });
  expect(error.hint).toContain('az keyvault secret recover');
});

test('a version that is not there is not_found, with the command that lists them', async () => {
  world.azure.secrets.put(NAME, canary);
  const error = await failureOf(world.source({ version: 'a'.repeat(32) }), secrets());
  expect(error).toMatchObject({ code: 'not_found' });
  expect(error.hint).toContain('az keyvault secret list-versions');
});

test.each<[string, number | undefined, number | undefined]>([
  ['with Retry-After', 30, 30_000],
  ['without Retry-After', undefined, undefined],
])('429 %s is throttled, and asked once', async (_what, retryAfterSeconds, retryAfterMs) => {
  world.azure.secrets.put(NAME, canary);
  world.azure.fail({ status: 429, code: 'Throttled', message: canary, retryAfterSeconds });
  const error = await failureOf(world.source(), secrets());
  expect(error).toMatchObject({ code: 'throttled', transient: true });
  expect(error.retryAfterMs).toBe(retryAfterMs);
  expect(world.azure.count('GetSecret')).toBe(1);
});

test.each<[what: string, fault: AzureFault, code: KeyErrorCode]>([
  ['a 500', { status: 500, code: 'InternalServerError', message: canary }, 'unavailable'],
  ['a 503 with a page of a proxy', { status: 503, text: `<html>${canary}</html>` }, 'unavailable'],
  ['a 429 with a page of a proxy', { status: 429, text: `<html>${canary}</html>` }, 'throttled'],
  ['a 403 with a page of a proxy', { status: 403, text: `<html>${canary}</html>` }, 'access_denied'],
  ['a 404 with a page of a proxy', { status: 404, text: `<html>${canary}</html>` }, 'unavailable'],
  ['a 400 of Key Vault', { status: 400, code: 'BadParameter', message: canary }, 'invalid_config'],
  ['a 401 without a challenge', { status: 401, text: canary }, 'unauthenticated'],
  [
    'a redirect to somewhere else',
    { status: 302, text: canary, headers: { location: 'https://elsewhere.example/' } },
    'unavailable',
  ],
  [
    'a 200 with a page of a proxy',
    { text: `<html>${canary}</html>`, headers: { 'content-type': 'text/html' } },
    'unavailable',
  ],
  ['a 200 with half of its JSON', { text: `{"value":"${canary}` }, 'unavailable'],
  ['a 200 that is the secret', { text: canary }, 'unavailable'],
  ['a 200 without a body', { text: '' }, 'unavailable'],
  ['a 200 with a list', { text: `["${canary}"]` }, 'unavailable'],
  ['a 200 with null', { text: 'null' }, 'unavailable'],
  ['a 200 with a secret and no id', { text: `{"value":"${canary}"}` }, 'unavailable'],
  ['a 200 with an id and no secret', { text: '{"id":"https://v.example/secrets/a/b"}' }, 'unavailable'],
  [
    'a 200 with the wrong types',
    { text: `{"id":"https://v.example/secrets/a/b","value":{"a":"${canary}"},"attributes":7}` },
    'unavailable',
  ],
  ['an answer that is cut off', { text: `{"value":"${canary}"`, isCut: true }, 'unavailable'],
  ['a connection that is reset', 'reset', 'unavailable'],
])('%s is told without a word of what was sent', async (_what, fault, code) => {
  world.azure.secrets.put(NAME, canary);
  world.azure.fail(fault);
  const error = await failureOf(world.source(), secrets());
  expect(error).toMatchObject({ code, source: 'azure' });
  expect(error.hint).toMatch(/\S/);
});

test('the SDK puts a secret into its error when an answer is cut short, and ours has nothing of it', async () => {
  // The answer of a read that was let in, so that the error is that of the SDK's parser.
  world.azure.secrets.put(NAME, canary);
  const source = world.source();
  world.azure.fail({ text: `{"value":"${canary}` });
  const raw: unknown = await source
    .read({ signal: new AbortController().signal, reason: 'initial' })
    .catch((error: unknown) => error);
  expect(String(raw).includes(canary)).toBe(true);
  const error = await failureOf(source, secrets());
  expect(error).toMatchObject({ code: 'unavailable', upstream: { name: 'PARSE_ERROR' } });
});

test('a code that is made of the secret is not passed on as its name', async () => {
  world.azure.fail({ status: 418, code: canary, message: canary });
  const error = await failureOf(world.source(), secrets());
  expect(error).toMatchObject({ code: 'unknown', upstream: { name: 'RestError', status: 418 } });
});

test('a port that nobody listens on is unavailable, with the code of the network', async () => {
  const { vaultUrl } = world.azure;
  await world.azure.close();
  const error = await failureOf(world.source({ vaultUrl }), secrets());
  expect(error).toMatchObject({ code: 'unavailable', upstream: { name: 'ECONNREFUSED' } });
});

test('a certificate of an unknown CA is a wrong setting, and so is a CA file without one', async () => {
  world.azure.secrets.put(NAME, canary);
  const unknown = await failureOf(world.source({ caFile: undefined }), secrets());
  expect(unknown).toMatchObject({ code: 'invalid_config' });
  const caFile = await world.write('empty.pem', 'none');
  const empty = await failureOf(world.source({ caFile }), secrets());
  expect(empty).toMatchObject({ code: 'invalid_config', hint: 'Correct the option `caFile`.' });
});

test('a vault that asks for the token of another domain gets none', async () => {
  world.azure.secrets.put(NAME, canary);
  const error = await failureOf(world.source({ disableChallengeResourceVerification: undefined }), secrets());
  expect(error).toMatchObject({ code: 'invalid_config' });
  expect(error.hint).toContain('disableChallengeResourceVerification');
  expect(world.azure.count('token')).toBe(0);
});
