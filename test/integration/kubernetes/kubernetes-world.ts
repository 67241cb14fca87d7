import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { KeySource, ReadReason } from '@magic-hour-keys/core';
import { kubernetesKeySource, type KubernetesOptions } from '@magic-hour-keys/kubernetes';
import { makeTestKey } from '@magic-hour-keys/testing';
import {
  startFakeKubernetes,
  type FakeKubernetes,
  type FakeKubernetesOptions,
} from '@magic-hour-keys/testing/fakes/kubernetes';
import { afterEach } from 'vitest';
import { read } from '../store-reads.ts';

export const NAMESPACE = 'video';
export const NAME = 'magic-hour';
export const KEY = 'api_key';
export const ACCOUNT = 'worker';
export const READ_ONE = {
  apiGroups: [''],
  resources: ['secrets'],
  resourceNames: [NAME],
  verbs: ['get', 'watch'],
} as const;

export interface KubernetesWorld {
  readonly cluster: FakeKubernetes;
  /** The key that is stored first. */
  readonly key: string;
  /** A token that may read the Secret. */
  readonly token: string;
  /** A folder of this test, where the files of the service account are, below `account`. */
  readonly folder: string;
  /** The variables of a pod, with a home that has no kubeconfig. */
  readonly env: Record<string, string>;
  /** From inside of a pod, as that service account. */
  source(options?: Partial<KubernetesOptions>): KeySource;
  /** By a kubeconfig with that user, in place of the pod's account. */
  sourceByKubeconfig(user: object, options?: KubeconfigOptions): Promise<KeySource>;
  write(name: string, content: string, mode?: number): Promise<string>;
}

export interface KubeconfigOptions {
  readonly allowExec?: boolean;
  readonly cluster?: object;
  readonly source?: Partial<KubernetesOptions>;
}

const open: (() => Promise<void> | undefined)[] = [];

afterEach(async () => {
  for (const close of open.splice(0).toReversed()) await close();
});

/** A cluster with one Secret, and a service account that may read it. */
export async function startWorld(options: FakeKubernetesOptions = {}): Promise<KubernetesWorld> {
  const cluster = await startFakeKubernetes(options);
  open.push(() => cluster.close());
  const folder = await makeFolder();
  const key = makeTestKey();
  cluster.createNamespace(NAMESPACE);
  cluster.createServiceAccount(NAMESPACE, ACCOUNT);
  cluster.allow(NAMESPACE, ACCOUNT, [READ_ONE]);
  cluster.putSecret(NAMESPACE, NAME, { [KEY]: key });
  const token = cluster.createToken(NAMESPACE, ACCOUNT);
  const { hostname, port } = new URL(cluster.origin);
  const env: Record<string, string> = { KUBERNETES_SERVICE_HOST: hostname, KUBERNETES_SERVICE_PORT: port };

  async function write(name: string, content: string, mode = 0o600): Promise<string> {
    const path = join(folder, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content);
    await chmod(path, mode);
    return path;
  }

  function source(more: Partial<KubernetesOptions> = {}): KeySource {
    const login = more.client ?? more.kubeConfig;
    const auth = { method: 'in-cluster', folder: join(folder, 'account') } as const;
    const made = kubernetesKeySource({ name: NAME, env, ...(!login && { auth }), ...more });
    open.push(() => made.close?.());
    return made;
  }

  await write('account/token', `${token}\n`);
  await write('account/ca.crt', cluster.ca);
  await write('account/namespace', NAMESPACE);
  return {
    cluster,
    key,
    token,
    folder,
    env,
    source,
    write,
    async sourceByKubeconfig(user, { allowExec, cluster: place = {}, source: more = {} } = {}) {
      const file = await write(
        'kubeconfig',
        cluster.kubeconfig(user, { namespace: NAMESPACE, cluster: place }),
      );
      return source({ auth: { method: 'kubeconfig', file, allowExec }, ...more });
    },
  };
}

export async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'mhk-kubernetes-'));
  open.push(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Ends with the test. */
export function atEnd(close: () => Promise<void> | undefined): void {
  open.push(close);
}

/** The value of a read as text. */
export async function readText(source: KeySource, reason?: ReadReason): Promise<string> {
  const { value } = await read(source, reason);
  return typeof value === 'string' ? value : Buffer.from(value).toString('utf8');
}
