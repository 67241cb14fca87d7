// The login of a pod: its service account.
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { KubeConfig } from '@kubernetes/client-node';
import { expect, test } from 'vitest';
import { read, readFailure } from '../store-reads.ts';
import { ACCOUNT, NAME, NAMESPACE, readText, startWorld } from './kubernetes-world.ts';

test('a token that the kubelet has replaced is used by the next read, not a minute later', async () => {
  const { source, cluster, token, write, folder } = await startWorld();
  const one = source();
  await read(one);
  // client-node goes on with the one that it has read.
  const raw = rawLogin(cluster.origin, join(folder, 'account'));
  expect(await rawHeader(raw)).toContain(token);
  const next = cluster.createToken(NAMESPACE, ACCOUNT);
  await write('account/token', next);
  cluster.revokeToken(token);
  expect(await rawHeader(raw)).toContain(token);
  await read(one, 'aged');
  expect(cluster.requests.map(({ authorization }) => authorization)).toEqual([
    `Bearer ${token}`,
    `Bearer ${next}`,
  ]);
});

test('a token that is replaced while a request is on its way is not a failure', async () => {
  const { source, cluster, token, key, write } = await startWorld();
  cluster.hold();
  const reading = readText(source());
  await cluster.whenHeld(1);
  await write('account/token', cluster.createToken(NAMESPACE, ACCOUNT));
  cluster.revokeToken(token);
  cluster.release();
  expect(await reading).toBe(key);
  expect(cluster.requests.map(({ status }) => status)).toEqual([401, 200]);
});

test('a token ends by the clock', async () => {
  let nowMs = Date.now();
  const { source, cluster, write } = await startWorld({ wallMs: () => nowMs });
  await write('account/token', cluster.createToken(NAMESPACE, ACCOUNT, { seconds: 3600 }));
  const one = source();
  await read(one);
  nowMs += 3_600_000;
  expect(await readFailure(one, 'aged')).toMatchObject({ code: 'unauthenticated' });
});

test('a CA that was replaced is trusted from the next read on, and the old connection is given up', async () => {
  const [old, next] = [await startWorld(), await startWorld()];
  const one = old.source();
  await read(one);
  // The same pod, whose cluster now has the other CA and the other address.
  await old.write('account/ca.crt', next.cluster.ca);
  await old.write('account/token', next.token);
  old.env['KUBERNETES_SERVICE_PORT'] = new URL(next.cluster.origin).port;
  expect(await readText(one, 'aged')).toBe(next.key);
  await expect.poll(() => old.cluster.openConnections).toBe(0);
});

test('a server with another CA gets no token', async () => {
  const [ours, other] = [await startWorld(), await startWorld()];
  await ours.write('account/ca.crt', other.cluster.ca);
  const failure = await readFailure(ours.source());
  expect(failure).toMatchObject({ code: 'invalid_config' });
  expect(failure.hint).toContain('CA');
  expect(ours.cluster.requests).toEqual([]);
});

test('proxies of the way out are not asked for an address inside of the cluster', async () => {
  const { source, env, key } = await startWorld();
  const proxies = { HTTPS_PROXY: 'http://proxy.test:3128' };
  expect(await readText(source({ env: { ...env, ...proxies } }))).toBe(key);
});

test.each([
  ['token', 'unauthenticated'],
  ['ca.crt', 'invalid_config'],
])('without the file %s it is %s, and the file is named', async (file, code) => {
  const { source, folder } = await startWorld();
  const missing = join(folder, 'account', file);
  await rm(missing);
  const failure = await readFailure(source());
  expect(failure).toMatchObject({ code });
  expect(failure.hint).toContain(missing);
});

test('an empty token is unauthenticated, and is not sent', async () => {
  const { source, cluster, write } = await startWorld();
  await write('account/token', '\n');
  expect(await readFailure(source())).toMatchObject({ code: 'unauthenticated' });
  expect(cluster.requests).toEqual([]);
});

test('outside of a pod a chain goes on: it is not configured', async () => {
  const { source } = await startWorld();
  expect(await readFailure(source({ env: {} }))).toMatchObject({ code: 'not_configured' });
});

test('a pod in a cluster of IPv6 is asked at an address in brackets', async () => {
  const { source } = await startWorld();
  const failure = await readFailure(
    source({ env: { KUBERNETES_SERVICE_HOST: '::1', KUBERNETES_SERVICE_PORT: '1' } }),
  );
  expect(failure).toMatchObject({
    code: 'unavailable',
    upstream: { name: expect.stringMatching(/^E[A-Z]+$/) },
  });
});

function rawLogin(server: string, folder: string): KubeConfig {
  const config = new KubeConfig();
  config.loadFromClusterAndUser(
    { name: NAME, server, skipTLSVerify: true },
    { name: 'x', authProvider: { name: 'tokenFile', config: { tokenFile: join(folder, 'token') } } },
  );
  return config;
}

async function rawHeader(config: KubeConfig): Promise<string> {
  const options: { headers?: Record<string, string> } = {};
  await config.applyToHTTPSOptions(options);
  return options.headers?.['Authorization'] ?? '';
}
