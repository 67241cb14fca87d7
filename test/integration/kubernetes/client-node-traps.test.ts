// What client-node does by itself, measured on it in the same test, and what a user of this package sees instead.
import { inspect } from 'node:util';
import { CoreV1Api, KubeConfig } from '@kubernetes/client-node';
import { createKeyProvider } from '@magic-hour-keys/core';
import { createManualClock, findLeaks } from '@magic-hour-keys/testing';
import { expect, test } from 'vitest';
import { expectEventually, read, readFailure } from '../store-reads.ts';
import {
  atEnd,
  KEY,
  NAME,
  NAMESPACE,
  readText,
  startWorld,
  type KubernetesWorld,
} from './kubernetes-world.ts';

function rawConfig({ cluster, token }: KubernetesWorld): KubeConfig {
  const config = new KubeConfig();
  config.loadFromString(cluster.kubeconfig({ token }, { namespace: NAMESPACE }));
  return config;
}

function rawApi(world: KubernetesWorld): CoreV1Api {
  return rawConfig(world).makeApiClient(CoreV1Api);
}

test('an API server that accepts and never answers holds a read no longer than its deadline', async () => {
  const { source, cluster } = await startWorld();
  cluster.hold();
  const deadline = new AbortController();
  const reason = new Error('the deadline');
  const reading = source()
    .read({ signal: deadline.signal, reason: 'initial' })
    .catch((error: unknown) => error);
  await cluster.whenHeld(1);
  deadline.abort(reason);
  expect(await reading).toBe(reason);
  // Also on the wire the request is over.
  await expectEventually(() => cluster.openConnections).toBe(0);
});

test('through a provider, an API server that never answers is `timeout`, by the clock of the provider', async () => {
  const { source, cluster } = await startWorld();
  const clock = createManualClock();
  cluster.hold();
  const provider = createKeyProvider(source({ runtime: clock.runtime }), { runtime: clock.runtime });
  atEnd(() => provider.close());
  const waiting = provider.getKey().catch((error: unknown) => error);
  await cluster.whenHeld(1);
  await clock.advance(10_000);
  expect(await waiting).toMatchObject({ code: 'timeout' });
});

test('a KubeConfig prints its token; a source and its provider print nothing of it', async () => {
  const world = await startWorld();
  expect(inspect(rawConfig(world))).toContain(world.token);
  const source = world.source();
  const byFile = await world.sourceByKubeconfig({ token: world.token });
  const byConfig = world.source({ kubeConfig: rawConfig(world) });
  for (const one of [source, byFile, byConfig]) {
    const provider = createKeyProvider(one);
    await provider.getKey();
    expect(findLeaks([one, provider, provider.health()], [world.token, world.key])).toEqual([]);
    await provider.close();
  }
});

test('client-node opens a connection for each request; here six reads take one', async () => {
  const world = await startWorld();
  const raw = rawApi(world);
  for (let count = 0; count < 6; count++)
    await raw.readNamespacedSecret({ name: NAME, namespace: NAMESPACE });
  expect(world.cluster.connections).toBe(6);
  const source = world.source();
  for (let count = 0; count < 6; count++) await read(source);
  expect(world.cluster.connections).toBe(7);
});

test('also with the login of a KubeConfig that was given, six reads take one connection', async () => {
  const world = await startWorld();
  const source = world.source({ kubeConfig: rawConfig(world) });
  for (let count = 0; count < 6; count++) expect(await readText(source)).toBe(world.key);
  expect(world.cluster.connections).toBe(1);
});

test('client-node takes a page of HTML for an empty Secret; here it is unavailable', async () => {
  const world = await startWorld();
  const page = { status: 200, headers: { 'content-type': 'application/json' }, text: '{"page":"<html>"}' };
  world.cluster.fail(page, { times: 3 });
  const raw = await rawApi(world).readNamespacedSecret({ name: NAME, namespace: NAMESPACE });
  expect(raw.data).toBeUndefined();
  expect(await readFailure(world.source())).toMatchObject({
    code: 'unavailable',
    upstream: { name: 'Malformed' },
  });
  // The same from a client that was handed in.
  const handedIn = world.source({ client: rawApi(world), namespace: NAMESPACE });
  expect(await readFailure(handedIn)).toMatchObject({ code: 'unavailable', upstream: { name: 'Malformed' } });
});

test("the message of client-node's error has the whole body in it; here no text of the server is passed on", async () => {
  const world = await startWorld();
  const body = { kind: 'Status', reason: 'InternalError', message: `etcd said ${world.key}`, code: 500 };
  world.cluster.fail({ status: 500, json: body }, { times: 3 });
  const rawError: unknown = await rawApi(world)
    .readNamespacedSecret({ name: NAME, namespace: NAMESPACE })
    .catch((error: unknown) => error);
  expect(String(rawError)).toContain(world.key);
  const source = world.source();
  const failure = await readFailure(source);
  expect(failure).toMatchObject({ code: 'unavailable', upstream: { name: 'InternalError', status: 500 } });
  const handedIn = world.source({ client: rawApi(world), namespace: NAMESPACE });
  const error: unknown = await read(handedIn).catch((thrown: unknown) => thrown);
  expect(findLeaks([failure, error, handedIn.classify?.(error)], [world.key, world.token])).toEqual([]);
});

test('an API client of your own is used as it is, never closed, and not watched', async () => {
  const world = await startWorld();
  const client = rawApi(world);
  const source = world.source({ client, namespace: NAMESPACE, key: KEY });
  expect(await readText(source)).toBe(world.key);
  expect(source.watch).toBeUndefined();
  await source.close?.();
  expect(await client.readNamespacedSecret({ name: NAME, namespace: NAMESPACE })).toHaveProperty('data');
});

test.each([
  ['missing', 404, 'not_found'],
  ['denied', 403, 'access_denied'],
])('what an API client of your own says of a Secret that is %s is classified', async (what, status, code) => {
  const world = await startWorld();
  if (what === 'missing') world.cluster.removeSecret(NAMESPACE, NAME);
  else world.cluster.allow(NAMESPACE, 'worker', []);
  const failure = await readFailure(world.source({ client: rawApi(world), namespace: NAMESPACE }));
  expect(failure).toMatchObject({ code, upstream: { status, requestId: expect.stringContaining('-') } });
});

test('a Retry-After that an API client of your own was given is kept to', async () => {
  const world = await startWorld();
  world.cluster.fail({ status: 429, headers: { 'retry-after': '5' }, json: {} });
  const failure = await readFailure(world.source({ client: rawApi(world), namespace: NAMESPACE }));
  expect(failure).toMatchObject({ code: 'throttled', retryAfterMs: 5000 });
});

test('an API client of your own that reaches nobody is unavailable, by the code of the system', async () => {
  const world = await startWorld();
  const client = rawApi(world);
  await world.cluster.close();
  const failure = await readFailure(world.source({ client, namespace: NAMESPACE }));
  expect(failure).toMatchObject({ code: 'unavailable', upstream: { name: 'ECONNREFUSED' } });
});

test('a KubeConfig of your own: its certificate, its context, its refusal', async () => {
  const world = await startWorld();
  const { cert, key: privateKey } = await world.cluster.issueClientCertificate('root', 'system:masters');
  const config = new KubeConfig();
  config.loadFromString(
    world.cluster.kubeconfig(
      {
        'client-certificate-data': Buffer.from(cert).toString('base64'),
        'client-key-data': Buffer.from(privateKey).toString('base64'),
      },
      { namespace: NAMESPACE },
    ),
  );
  expect(await readText(world.source({ kubeConfig: config }))).toBe(world.key);
  expect(await readFailure(world.source({ kubeConfig: new KubeConfig() }))).toMatchObject({
    code: 'invalid_config',
  });
  const refusing = rawConfig(world);
  refusing.applyToHTTPSOptions = () => Promise.reject(new Error(`the provider said ${world.token}`));
  const failure = await readFailure(world.source({ kubeConfig: refusing }));
  expect(failure).toMatchObject({ code: 'unauthenticated' });
  expect(findLeaks(failure, [world.token])).toEqual([]);
});
