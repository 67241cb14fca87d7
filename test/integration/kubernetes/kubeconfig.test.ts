import { join } from 'node:path';
import { KubeConfig } from '@kubernetes/client-node';
import { kubernetesKeySource } from '@magic-hour-keys/kubernetes';
import { findLeaks, makeTestKey } from '@magic-hour-keys/testing';
import { expect, test, vi } from 'vitest';
import { read, readFailure } from '../store-reads.ts';
import { atEnd, NAME, NAMESPACE, readText, startWorld } from './kubernetes-world.ts';

test('a kubeconfig with a token, with the namespace of its context', async () => {
  const { sourceByKubeconfig, token, key, cluster } = await startWorld();
  expect(await readText(await sourceByKubeconfig({ token }))).toBe(key);
  expect(cluster.calls).toEqual([`GET /api/v1/namespaces/${NAMESPACE}/secrets/${NAME}`]);
});

test('a kubeconfig with a client certificate, in it or in files beside it', async () => {
  const { sourceByKubeconfig, key, cluster, write } = await startWorld();
  const { cert, key: privateKey } = await cluster.issueClientCertificate('root', 'system:masters');
  const encoded = {
    'client-certificate-data': Buffer.from(cert).toString('base64'),
    'client-key-data': Buffer.from(privateKey).toString('base64'),
  };
  expect(await readText(await sourceByKubeconfig(encoded))).toBe(key);
  await write('pki/user.crt', cert);
  await write('pki/user.key', privateKey);
  const files = { 'client-certificate': 'pki/user.crt', 'client-key': 'pki/user.key' };
  expect(await readText(await sourceByKubeconfig(files))).toBe(key);
  expect(cluster.requests.map(({ authorization }) => authorization)).toEqual([undefined, undefined]);
});

test('`tokenFile`, which client-node does not know, is read anew each time, beside the kubeconfig', async () => {
  const { sourceByKubeconfig, token, key, cluster, write, folder } = await startWorld();
  await write('token-of-user', `${token}\n`);
  const one = await sourceByKubeconfig({ tokenFile: 'token-of-user' });
  const raw = new KubeConfig();
  raw.loadFromFile(join(folder, 'kubeconfig'));
  expect(raw.getCurrentUser()?.token).toBeUndefined();
  expect(await readText(one)).toBe(key);
  const next = cluster.createToken(NAMESPACE, 'worker');
  await write('token-of-user', next);
  await read(one);
  expect(cluster.requests.at(-1)?.authorization).toBe(`Bearer ${next}`);
});

test('whom to act as is passed on, so that nobody reads with more rights than meant', async () => {
  const { sourceByKubeconfig, token, cluster } = await startWorld();
  await read(await sourceByKubeconfig({ token, as: 'somebody' }));
  expect(cluster.requests[0]?.headers['impersonate-user']).toBe('somebody');
});

test('a context is chosen by name, and an unknown one is refused without a request', async () => {
  const { cluster, token, key, write, env } = await startWorld();
  const config = JSON.parse(cluster.kubeconfig({ token })) as Record<string, unknown[]>;
  config['contexts']?.push({
    name: 'video',
    context: { cluster: 'fake', user: 'fake', namespace: NAMESPACE },
  });
  const file = await write('kubeconfig', JSON.stringify(config));
  const source = (context?: string) =>
    kubernetesKeySource({ name: NAME, env, auth: { method: 'kubeconfig', file, context } });
  const chosen = source('video');
  atEnd(() => chosen.close?.());
  expect(await readText(chosen)).toBe(key);
  cluster.clearRequests();
  const failure = await readFailure(source('production'));
  expect(failure).toMatchObject({ code: 'invalid_config' });
  expect(failure.hint).toContain('kubectl config get-contexts');
  expect(cluster.requests).toEqual([]);
});

test('of several files in KUBECONFIG the first that names something wins; client-node refuses them', async () => {
  const { source, cluster, token, key, write, folder } = await startWorld();
  await write('one/config', cluster.kubeconfig({ token }, { namespace: NAMESPACE }));
  await write('two/config', cluster.kubeconfig({ token: 'another' }));
  const paths = [join(folder, 'missing'), join(folder, 'one/config'), join(folder, 'two/config')];
  const KUBECONFIG = paths.join(':');
  expect(await readText(source({ auth: { method: 'kubeconfig' }, env: { KUBECONFIG } }))).toBe(key);
  expect(await readText(source({ auth: undefined, env: { KUBECONFIG } }))).toBe(key);
  vi.stubEnv('KUBECONFIG', paths.slice(1).join(':'));
  expect(() => new KubeConfig().loadFromDefault()).toThrow('Duplicate');
});

test('with nothing set up, client-node asks http://localhost:8080; here it is not_configured', async () => {
  const { source, folder } = await startWorld();
  vi.stubEnv('KUBECONFIG', '');
  vi.stubEnv('HOME', folder);
  const raw = new KubeConfig();
  raw.loadFromDefault();
  expect(raw.getCurrentCluster()?.server).toBe('http://localhost:8080');
  const failure = await readFailure(source({ auth: { method: 'default' }, env: {} }));
  expect(failure).toMatchObject({ code: 'not_configured' });
  expect(failure.hint).toContain('KUBECONFIG');
  expect(await readFailure(source({ auth: { method: 'kubeconfig' }, env: {} }))).toMatchObject({
    code: 'not_configured',
  });
});

test('the default is a kubeconfig where there is one, else the account of the pod', async () => {
  const { source, cluster, token, key, write, folder, env } = await startWorld();
  vi.stubEnv('HOME', folder);
  const inPod = await readFailure(source({ auth: { method: 'default' } }));
  // There is no such account outside of a pod.
  expect(inPod).toMatchObject({ code: 'unauthenticated' });
  expect(inPod.hint).toContain('/var/run/secrets/kubernetes.io/serviceaccount/token');
  await write('.kube/config', cluster.kubeconfig({ token }, { namespace: NAMESPACE }));
  expect(await readText(source({ auth: { method: 'default' }, env }))).toBe(key);
});

test('a kubeconfig that can not be understood is refused, and nothing of it is told', async () => {
  const { source, write } = await startWorld();
  const canary = makeTestKey();
  const broken = `users:\n- name: a\n  user:\n    token: "${canary}\n  x: [`;
  const file = await write('kubeconfig', broken);
  expect(() => new KubeConfig().loadFromString(broken)).toThrow(canary.slice(0, 20));
  const failure = await readFailure(source({ auth: { method: 'kubeconfig', file } }));
  expect(failure).toMatchObject({ code: 'invalid_config' });
  expect(findLeaks(failure, [canary])).toEqual([]);
});

test.each<[string, object, object, string]>([
  ['no cluster', { server: undefined }, {}, 'is not a URL'],
  ['a server that is no URL', { server: 'cluster' }, {}, 'is not a URL'],
  ['a server with a password in it', { server: 'https://u:p@x.test' }, {}, 'is not a URL'],
  ['http to another machine', { server: 'http://x.test' }, {}, 'is http'],
  [
    'a CA that is not there',
    { 'certificate-authority-data': undefined, 'certificate-authority': 'no.crt' },
    {},
    'certificate-authority',
  ],
  ['an auth-provider', {}, { 'auth-provider': { name: 'oidc' } }, 'auth-provider'],
  ['a program to run', {}, { exec: { command: 'true' } }, 'not allowed'],
  ['a certificate that is not there', {}, { 'client-certificate': 'no.crt' }, 'client-certificate'],
])('%s in a kubeconfig is refused before anything is sent', async (_, place, user, message) => {
  const { sourceByKubeconfig, cluster } = await startWorld();
  const failure = await readFailure(await sourceByKubeconfig(user, { cluster: place }));
  expect(failure).toMatchObject({ code: 'invalid_config', message: expect.stringContaining(message) });
  expect(failure.hint).toMatch(/\S/);
  expect(cluster.requests).toEqual([]);
});

test('certificates are verified whatever the kubeconfig says, and that is a warning', async () => {
  const { sourceByKubeconfig, token, cluster } = await startWorld();
  const skip = { 'insecure-skip-tls-verify': true };
  const trusted = await read(await sourceByKubeconfig({ token }, { cluster: skip }));
  expect(trusted.warnings).toMatchObject([{ code: 'kubernetes_skip_verify_ignored' }]);
  cluster.clearRequests();
  const untrusted = { ...skip, 'certificate-authority-data': undefined };
  expect(await readFailure(await sourceByKubeconfig({ token }, { cluster: untrusted }))).toMatchObject({
    code: 'invalid_config',
  });
  expect(cluster.requests).toEqual([]);
});

test('a server that is reached by another name is known by `tls-server-name`', async () => {
  const { sourceByKubeconfig, token, key, cluster } = await startWorld();
  const server = cluster.origin.replace('127.0.0.1', 'localhost');
  expect(await readFailure(await sourceByKubeconfig({ token }, { cluster: { server } }))).toMatchObject({
    code: 'invalid_config',
  });
  const named = { server, 'tls-server-name': 'kubernetes.default.svc' };
  expect(await readText(await sourceByKubeconfig({ token }, { cluster: named }))).toBe(key);
});

test('a proxy of the kubeconfig is used', async () => {
  const { sourceByKubeconfig, token } = await startWorld();
  const failure = await readFailure(
    await sourceByKubeconfig(
      { token },
      { cluster: { server: 'https://kubernetes.test', 'proxy-url': 'http://127.0.0.1:1' } },
    ),
  );
  expect(failure).toMatchObject({ code: 'unavailable' });
  expect(failure.hint).toContain('proxy');
});

test('a kubeconfig that has changed is used by the next read', async () => {
  const { sourceByKubeconfig, token, cluster, write, key } = await startWorld();
  const one = await sourceByKubeconfig({ token });
  await read(one);
  cluster.revokeToken(token);
  expect(await readFailure(one)).toMatchObject({ code: 'unauthenticated' });
  const next = cluster.createToken(NAMESPACE, 'worker');
  await write('kubeconfig', cluster.kubeconfig({ token: next }, { namespace: NAMESPACE }));
  expect(await readText(one)).toBe(key);
});
