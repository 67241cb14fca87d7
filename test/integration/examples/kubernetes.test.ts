// The manifests are read as the cluster reads them, and their container runs here: its command, its variables, and a
// Secret that is laid out as the kubelet does it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { findLeaks, makeTestKey, type FakeMagicHourApi } from '@magic-hour-keys/testing';
import { startFakeKubernetes, type PolicyRule } from '@magic-hour-keys/testing/fakes/kubernetes';
import { beforeEach, expect, test, type TestContext } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { createSecretVolume } from '../kubernetes/secret-volume.ts';
import { atEnd, copyExample, examples, root, startApi } from './example-world.ts';

interface Container {
  readonly command: readonly [string, ...string[]];
  readonly env: readonly { readonly name: string; readonly value: string }[];
  readonly readinessProbe: { readonly httpGet: { readonly path: string } };
  readonly volumeMounts?: readonly { readonly mountPath: string; readonly subPath?: string }[];
}

interface PodSpec {
  readonly automountServiceAccountToken?: boolean;
  readonly serviceAccountName?: string;
  readonly containers: readonly [Container];
  readonly volumes?: readonly {
    readonly secret: { readonly secretName: string; readonly defaultMode: number };
  }[];
}

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly spec: { readonly template: { readonly spec: PodSpec } };
  readonly rules: readonly PolicyRule[];
  readonly roleRef: { readonly name: string };
  readonly subjects: readonly { readonly name: string; readonly namespace: string }[];
}

interface Service {
  readonly origin: string;
  /** All that it has printed. */
  output(): string;
  stop(): Promise<number | null>;
}

const folderOf = join(examples, 'kubernetes');
const key = makeTestKey();
let api: FakeMagicHourApi;
let folder: string;

beforeEach(async (context: TestContext) => {
  if (!existsSync(join(root, 'packages/config/dist/index.js'))) {
    console.warn('the packages are not built; run the build, then these tests');
    context.skip('the packages are not built');
  }
  api = await startApi(key);
  folder = await copyExample('kubernetes');
});

/** Kubernetes reads YAML 1.1, where 0440 is octal. */
async function readManifests(file: string): Promise<Map<string, Manifest>> {
  const documents = parseAllDocuments(await readFile(join(folderOf, file), 'utf8'), { version: '1.1' });
  const manifests = documents.map((document) => {
    expect([...document.errors, ...document.warnings]).toEqual([]);
    return document.toJS() as Manifest;
  });
  return new Map(manifests.map((manifest) => [manifest.kind, manifest]));
}

async function readPod(file: string): Promise<PodSpec> {
  const pod = (await readManifests(file)).get('Deployment')?.spec.template.spec;
  if (!pod) throw new Error(`${file} holds no Deployment`);
  return pod;
}

/** Starts the container's command with the container's variables, on a free port, and waits until it listens. */
async function startService(
  { command, env }: Container,
  more: Record<string, string> = {},
): Promise<Service> {
  const [program, ...args] = command;
  expect(program).toBe('node');
  const child = spawn(process.execPath, args, {
    cwd: folder,
    env: {
      ...Object.fromEntries(env.map(({ name, value }) => [name, value])),
      PORT: '0',
      NODE_OPTIONS: `--import=${pathToFileURL(join(import.meta.dirname, 'send-api-requests.mjs')).href}`,
      STAND_IN_OF_THE_API: api.origin,
      ...more,
    },
  });
  atEnd(async () => void child.kill('SIGKILL'));
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  }
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  return {
    origin: `http://127.0.0.1:${/^listening on (\d+)$/.exec(line)?.[1]}`,
    output: () => output,
    async stop() {
      child.kill('SIGTERM');
      const [exitCode] = (await once(child, 'close')) as [number | null];
      return exitCode;
    },
  };
}

async function makeImage({ origin }: Service): Promise<number> {
  const body = JSON.stringify({ prompt: 'A lighthouse' });
  const response = await fetch(`${origin}/images`, { method: 'POST', body });
  await response.body?.cancel();
  return response.status;
}

async function checkReady({ origin }: Service, { readinessProbe }: Container): Promise<unknown> {
  const response = await fetch(origin + readinessProbe.httpGet.path);
  return { status: response.status, ...((await response.json()) as object) };
}

/** The config of the example, with the volume of this test in the place of the one that the manifest mounts. */
async function mountAt(mountPath: string, instead: string): Promise<void> {
  const file = join(folder, 'magic-hour-keys.json');
  const text = await readFile(file, 'utf8');
  expect(text).toContain(JSON.stringify(instead));
  await writeFile(file, text.replace(JSON.stringify(instead), JSON.stringify(mountPath)));
}

test('the container lives through a rotation of its mounted Secret, and ends when it is told to', async () => {
  const { containers } = await readPod('deployment.yaml');
  const [container] = containers;
  const volume = await createSecretVolume();
  atEnd(() => volume.remove());
  await volume.put({ api_key: `${key}\n` });
  await mountAt(volume.mountPath, container.volumeMounts?.[0]?.mountPath ?? '');
  const service = await startService(container);

  expect(await checkReady(service, container)).toEqual({
    status: 200,
    key: `…${key.slice(-4)}`,
    source: 'kubernetes',
  });
  expect(await makeImage(service)).toBe(202);

  const next = makeTestKey();
  await volume.put({ api_key: `${next}\n` });
  api.accept(next);
  api.revoke(key);
  expect(await makeImage(service)).toBe(202);
  expect(api.requests.at(-1)?.keyLast4).toBe(next.slice(-4));

  expect(await service.stop()).toBe(0);
  expect(findLeaks(service.output(), [key, next])).toEqual([]);
});

test('without the Secret the container is not ready, and says which code', async () => {
  const [container] = (await readPod('deployment.yaml')).containers;
  const volume = await createSecretVolume();
  atEnd(() => volume.remove());
  await mountAt(volume.mountPath, '/etc/magic-hour');
  const service = await startService(container);
  expect(await checkReady(service, container)).toEqual({ status: 503, error: 'not_found' });
  expect(await service.stop()).toBe(0);
});

test('the role of the alternative is enough to read the Secret and to see its rotation, and allows no more', async () => {
  const manifests = await readManifests('api-watch.yaml');
  const [container] = (await readPod('api-watch.yaml')).containers;
  const cluster = await startFakeKubernetes();
  atEnd(() => cluster.close());
  const { name = '', namespace = '' } = manifests.get('RoleBinding')?.subjects[0] ?? {};
  cluster.createNamespace(namespace);
  cluster.createServiceAccount(namespace, name);
  const rules = manifests.get('Role')?.rules ?? [];
  cluster.allow(namespace, name, rules);
  cluster.putSecret(namespace, 'magic-hour', { api_key: key });
  const kubeconfig = join(folder, 'kubeconfig');
  const token = cluster.createToken(namespace, name);
  await writeFile(kubeconfig, cluster.kubeconfig({ token }), { mode: 0o600 });
  const service = await startService(container, { KUBECONFIG: kubeconfig });

  expect(await makeImage(service)).toBe(202);
  const next = makeTestKey();
  cluster.putSecret(namespace, 'magic-hour', { api_key: next });
  api.accept(next);
  api.revoke(key);
  expect(await makeImage(service)).toBe(202);

  expect(cluster.requests.filter(({ status }) => (status ?? 0) >= 400)).toEqual([]);
  expect(rules).toEqual([
    { apiGroups: [''], resources: ['secrets'], resourceNames: ['magic-hour'], verbs: ['get', 'watch'] },
  ]);
  expect(await service.stop()).toBe(0);
  expect(findLeaks(service.output(), [key, next, token])).toEqual([]);
});

test('the manifests, the config and the command that makes the Secret name the same things', async () => {
  const pod = await readPod('deployment.yaml');
  const config = await readFile(join(folderOf, 'magic-hour-keys.json'), 'utf8');
  const readme = await readFile(join(folderOf, 'README.md'), 'utf8');
  const [, namespace, name, item] =
    /kubectl -n (\S+) create secret generic (\S+) --from-file=(\w+)=\/dev\/stdin/.exec(readme) ?? [];
  expect(pod.volumes?.[0]?.secret).toEqual({ secretName: name, defaultMode: 0o440 });
  expect(pod.containers[0].volumeMounts?.[0]).not.toHaveProperty('subPath');
  for (const file of ['deployment.yaml', 'api-watch.yaml']) {
    const manifests = await readManifests(file);
    expect(manifests.get('Namespace')?.metadata.name).toBe(namespace);
    expect(manifests.get('Deployment')?.metadata.namespace).toBe(namespace);
    expect(manifests.has('Secret')).toBe(false);
  }
  expect(config).toContain(`"namespace": "${namespace}", "name": "${name}", "key": "${item}"`);
});

test('the pod with a mounted Secret gets no token, and the other one the account that the role is bound to', async () => {
  const manifests = await readManifests('api-watch.yaml');
  const { serviceAccountName } = await readPod('api-watch.yaml');
  expect((await readPod('deployment.yaml')).automountServiceAccountToken).toBe(false);
  expect(manifests.get('ServiceAccount')?.metadata.name).toBe(serviceAccountName);
  expect(manifests.get('RoleBinding')).toMatchObject({
    roleRef: { kind: 'Role', name: manifests.get('Role')?.metadata.name },
    subjects: [{ name: serviceAccountName }],
  });
});
