import { createKeyProvider } from '@magic-hour-keys/core';
import { kubernetesKeyProvider } from '@magic-hour-keys/kubernetes';
import { makeTestKey } from '@magic-hour-keys/testing';
import { expect, test } from 'vitest';
import { read, readFailure } from '../store-reads.ts';
import { atEnd, KEY, NAME, NAMESPACE, readText, startWorld } from './kubernetes-world.ts';

const PATH = `/api/v1/namespaces/${NAMESPACE}/secrets/${NAME}`;

test('a pod reads its Secret by one request, as its service account', async () => {
  const { source, cluster, key, token } = await startWorld();
  expect(await readText(source())).toBe(key);
  expect(cluster.calls).toEqual([`GET ${PATH}`]);
  expect(cluster.requests[0]?.authorization).toBe(`Bearer ${token}`);
});

test('a ready provider gives the key, with the version that the API server calls it by', async () => {
  const { cluster, key, env, folder } = await startWorld();
  const provider = kubernetesKeyProvider({
    name: NAME,
    env,
    auth: { method: 'in-cluster', folder: `${folder}/account` },
  });
  atEnd(() => provider.close());
  const first = await provider.getKey();
  expect(first.reveal()).toBe(key);
  expect(first).toMatchObject({ source: 'kubernetes', version: expect.stringMatching(/^\d+$/) });
  const next = makeTestKey();
  const version = cluster.putSecret(NAMESPACE, NAME, { [KEY]: next });
  const second = await provider.renew(first);
  expect(second?.reveal()).toBe(next);
  expect(second?.version).toBe(version);
});

test('ten thousand callers at once are one request', async () => {
  const { source, cluster, key } = await startWorld();
  const provider = createKeyProvider(source());
  atEnd(() => provider.close());
  const keys = await Promise.all(Array.from({ length: 10_000 }, () => provider.getKey()));
  expect(new Set(keys.map((one) => one.reveal()))).toEqual(new Set([key]));
  expect(cluster.secretReads).toBe(1);
});

test('without `key` the only one is taken; with several, the error asks for it and names none', async () => {
  const { source, cluster } = await startWorld();
  cluster.putSecret(NAMESPACE, NAME, { canary_one: 'a', canary_two: 'b' });
  const failure = await readFailure(source());
  expect(failure).toMatchObject({
    code: 'invalid_config',
    message: expect.stringContaining('the Secret has 2 keys'),
  });
  expect(failure.hint).toContain('`key`');
  expect(JSON.stringify(failure)).not.toContain('canary');
});

test.each([
  ['no such key', { other: 'x' }, '(it has 1)'],
  ['nothing in it', {}, '(it has 0)'],
])('a Secret with %s is not_found, and kubectl describe shows what there is', async (_, data, message) => {
  const { source, cluster } = await startWorld();
  cluster.putSecret(NAMESPACE, NAME, data);
  const failure = await readFailure(source({ key: KEY }));
  expect(failure).toMatchObject({ code: 'not_found', message: expect.stringContaining(message) });
  expect(failure.hint).toContain(`kubectl describe secret ${NAME}`);
});

test('a member of JSON in the Secret is taken by `field`', async () => {
  const { source, cluster } = await startWorld();
  const key = makeTestKey();
  cluster.putSecret(NAMESPACE, NAME, { 'config.json': JSON.stringify({ magicHour: { apiKey: key } }) });
  expect(await readText(source({ key: 'config.json', field: 'magicHour.apiKey' }))).toBe(key);
});

test('the option `namespace` wins over that of the pod, and without either it is `default`', async () => {
  const { source, cluster, write } = await startWorld();
  await readFailure(source({ namespace: 'other' }));
  await write('account/namespace', '');
  await readFailure(source());
  expect(cluster.calls).toEqual([
    `GET /api/v1/namespaces/other/secrets/${NAME}`,
    `GET /api/v1/namespaces/default/secrets/${NAME}`,
  ]);
});

test('createdAt is when this key was written last, not when the Secret was made or labelled', async () => {
  let nowMs = Date.parse('2026-01-01T00:00:00Z');
  const { source, cluster } = await startWorld({ wallMs: () => nowMs });
  const one = source();
  expect((await read(one)).createdAt).toEqual(new Date('2026-01-01T00:00:00Z'));
  nowMs = Date.parse('2026-02-01T00:00:00Z');
  cluster.putSecret(NAMESPACE, NAME, { [KEY]: makeTestKey() });
  nowMs = Date.parse('2026-03-01T00:00:00Z');
  cluster.labelSecret(NAMESPACE, NAME, { team: 'video' });
  expect((await read(one)).createdAt).toEqual(new Date('2026-02-01T00:00:00Z'));
});

test('an answer that comes byte by byte is read whole, also where a character is cut', async () => {
  const { source, cluster, key } = await startWorld();
  cluster.labelSecret(NAMESPACE, NAME, { note: 'Schlüssel🔑' });
  cluster.splitAnswers(1);
  expect(await readText(source())).toBe(key);
});

test('a Secret as large as they may be is read', async () => {
  const { source, cluster, key } = await startWorld();
  cluster.putSecret(NAMESPACE, NAME, { [KEY]: key, other: 'x'.repeat(1_048_576 - key.length - 14) });
  expect(await readText(source({ key: KEY }))).toBe(key);
});

test('after close() a read is refused, and every connection is gone', async () => {
  const { source, cluster } = await startWorld();
  const one = source();
  await read(one);
  await one.close?.();
  await expect(read(one)).rejects.toMatchObject({ code: 'closed' });
  await expect.poll(() => cluster.openConnections).toBe(0);
});
