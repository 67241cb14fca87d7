// The fake is judged by kubectl, and by client-node: what they can do with an API server, they can do with this one.
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CoreV1Api, KubeConfig, PatchStrategy, setHeaderOptions } from '@kubernetes/client-node';
import { expect, test, type TestContext } from 'vitest';
import { makeFolder, NAME, NAMESPACE, startWorld, type KubernetesWorld } from './kubernetes-world.ts';

const run = promisify(execFile);

type Kubectl = (
  ...args: string[]
) => Promise<{ readonly stdout: string; readonly stderr: string; readonly ok: boolean }>;

async function kubectlAs({ cluster }: KubernetesWorld, user: object, context: TestContext): Promise<Kubectl> {
  const hasKubectl = await run('kubectl', ['version', '--client']).then(
    () => true,
    () => false,
  );
  if (!hasKubectl) {
    console.warn('kubectl is not installed, so that it can not judge the fake');
    context.skip('kubectl is not installed');
  }
  const folder = await makeFolder();
  const file = join(folder, 'config');
  await writeFile(file, cluster.kubeconfig(user, { namespace: NAMESPACE }));
  return async (...args) => {
    const all = ['--kubeconfig', file, '--cache-dir', join(folder, 'cache'), ...args];
    try {
      return { ...(await run('kubectl', all, { timeout: 30_000 })), ok: true };
    } catch (error) {
      const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
      return { stdout, stderr, ok: false };
    }
  };
}

test('kubectl gets, patches, creates, describes and deletes Secrets', async (context) => {
  const world = await startWorld();
  const kubectl = await kubectlAs(world, { token: world.cluster.adminToken }, context);
  expect((await kubectl('version')).stdout).toContain('Server Version: v1.32.0');
  expect((await kubectl('get', 'secrets')).stdout).toContain(NAME);
  expect((await kubectl('get', 'ns')).stdout).toContain(NAMESPACE);
  const patch = '{"stringData":{"api_key":"patched"}}';
  expect((await kubectl('patch', 'secret', NAME, '--type', 'merge', '-p', patch)).stdout).toContain(
    'patched',
  );
  const value = await kubectl('get', 'secret', NAME, '-o', 'jsonpath={.data.api_key}');
  expect(Buffer.from(value.stdout, 'base64').toString()).toBe('patched');
  const folder = await makeFolder();
  await writeFile(
    join(folder, 'made.json'),
    '{"apiVersion":"v1","kind":"Secret","metadata":{"name":"made"},"stringData":{"a":"b"}}',
  );
  expect((await kubectl('create', '--validate=false', '-f', join(folder, 'made.json'))).stdout).toContain(
    'created',
  );
  const again = await kubectl('create', '--validate=false', '-f', join(folder, 'made.json'));
  expect(again.stderr).toContain('already exists');
  expect((await kubectl('describe', 'secret', 'made')).stdout).toContain('a:  1 bytes');
  expect((await kubectl('delete', 'secret', 'made')).stdout).toContain('deleted');
  expect((await kubectl('get', 'secret', 'made')).stderr).toContain('secrets "made" not found');
});

test('kubectl is refused as its service account is, and follows a watch', async (context) => {
  const world = await startWorld();
  const kubectl = await kubectlAs(world, { token: world.token }, context);
  expect((await kubectl('get', 'secret', NAME)).ok).toBe(true);
  const other = await kubectl('get', 'secret', 'other');
  expect(other.stderr).toContain('User "system:serviceaccount:video:worker" cannot get resource "secrets"');
  expect((await kubectl('get', 'secrets')).stderr).toContain('cannot list resource');
  const watching = kubectl('get', 'secret', NAME, '-w', '-o', 'name', '--request-timeout=3s');
  await expect.poll(() => world.cluster.watches.count, { timeout: 20_000 }).toBe(1);
  world.cluster.labelSecret(NAMESPACE, NAME, { a: 'b' });
  const { stdout } = await watching;
  // Once by get, once by the state that a watch begins with, once by the change.
  expect(stdout.trim().split('\n').length).toBeGreaterThanOrEqual(2);
  world.cluster.revokeToken(world.token);
  expect((await kubectl('get', 'secret', NAME)).ok).toBe(false);
});

function apiOf({ cluster }: KubernetesWorld, user: object): CoreV1Api {
  const config = new KubeConfig();
  config.loadFromString(cluster.kubeconfig(user));
  return config.makeApiClient(CoreV1Api);
}

async function statusOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => (error as { code?: unknown }).code,
  );
}

test('client-node creates, lists, replaces, patches and deletes; an old version is a conflict', async () => {
  const world = await startWorld();
  const api = apiOf(world, { token: world.cluster.adminToken });
  const where = { namespace: NAMESPACE, name: 'made' };
  const made = await api.createNamespacedSecret({
    namespace: NAMESPACE,
    body: { metadata: { name: 'made' }, stringData: { a: 'b' } },
  });
  expect(made.data).toEqual({ a: 'Yg==' });
  const { items } = await api.listNamespacedSecret({ namespace: NAMESPACE });
  expect(items.map(({ metadata }) => metadata?.name)).toEqual([NAME, 'made']);
  const replaced = await api.replaceNamespacedSecret({ ...where, body: { ...made, data: { a: 'Yw==' } } });
  expect(replaced.metadata?.resourceVersion).not.toBe(made.metadata?.resourceVersion);
  expect(replaced.metadata?.uid).toBe(made.metadata?.uid);
  expect(await statusOf(api.replaceNamespacedSecret({ ...where, body: made }))).toBe(409);
  const merge = setHeaderOptions('Content-Type', PatchStrategy.MergePatch);
  const stale = { metadata: { resourceVersion: made.metadata?.resourceVersion }, data: { a: 'ZA==' } };
  expect(await statusOf(api.patchNamespacedSecret({ ...where, body: stale }, merge))).toBe(409);
  expect((await api.patchNamespacedSecret({ ...where, body: { data: { a: 'ZA==' } } }, merge)).data).toEqual({
    a: 'ZA==',
  });
  const operations = [
    { op: 'test', path: '/data/a', value: 'ZA==' },
    { op: 'replace', path: '/data/a', value: 'ZQ==' },
  ];
  expect((await api.patchNamespacedSecret({ ...where, body: operations })).data).toEqual({ a: 'ZQ==' });
  expect(await statusOf(api.patchNamespacedSecret({ ...where, body: operations }))).toBe(422);
  await api.deleteNamespacedSecret(where);
  expect(await statusOf(api.readNamespacedSecret(where))).toBe(404);
});

test('Roles, bindings and tokens that are made by its API are what it judges by', async () => {
  const world = await startWorld();
  world.cluster.createServiceAccount(NAMESPACE, 'nobody');
  const token = world.cluster.createToken(NAMESPACE, 'nobody');
  expect(
    await statusOf(apiOf(world, { token }).readNamespacedSecret({ namespace: NAMESPACE, name: NAME })),
  ).toBe(403);
  expect(
    await statusOf(
      apiOf(world, { token: 'unknown' }).readNamespacedSecret({ namespace: NAMESPACE, name: NAME }),
    ),
  ).toBe(401);
  const admin = apiOf(world, { token: world.cluster.adminToken });
  await admin.createNamespacedServiceAccount({ namespace: NAMESPACE, body: { metadata: { name: 'made' } } });
  const { status } = await admin.createNamespacedServiceAccountToken({
    namespace: NAMESPACE,
    name: 'made',
    body: { spec: { audiences: [], expirationSeconds: 600 } },
  });
  world.cluster.allow(NAMESPACE, 'made', [{ apiGroups: [''], resources: ['secrets'], verbs: ['get'] }]);
  const made = apiOf(world, { token: status?.token });
  expect((await made.readNamespacedSecret({ namespace: NAMESPACE, name: NAME })).kind).toBe('Secret');
  expect(await statusOf(made.listNamespacedSecret({ namespace: NAMESPACE }))).toBe(403);
  await admin.deleteNamespacedServiceAccount({ namespace: NAMESPACE, name: 'made' });
  expect(await statusOf(made.readNamespacedSecret({ namespace: NAMESPACE, name: NAME }))).toBe(401);
});

test('an immutable Secret can not be changed, and with a namespace goes what is in it', async () => {
  const world = await startWorld();
  const api = apiOf(world, { token: world.cluster.adminToken });
  world.cluster.putSecret(NAMESPACE, 'fixed', { a: 'b' }, { immutable: true });
  const change = [{ op: 'replace', path: '/data/a', value: 'ZQ==' }];
  expect(
    await statusOf(api.patchNamespacedSecret({ namespace: NAMESPACE, name: 'fixed', body: change })),
  ).toBe(422);
  await api.deleteNamespace({ name: NAMESPACE });
  expect(await statusOf(api.readNamespacedSecret({ namespace: NAMESPACE, name: NAME }))).toBe(404);
});
