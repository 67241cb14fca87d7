import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { kubernetesKeySource } from '@magic-hour-keys/kubernetes';
import type { BreakMode } from '@magic-hour-keys/testing/conformance';
import { startFakeKubernetes, type KubernetesFault } from '@magic-hour-keys/testing/fakes/kubernetes';
import { inConfig, type ConfigurableHarness, type HarnessOptions } from './harness-options.ts';

const NAMESPACE = 'video';
const NAME = 'magic-hour';
const KEY = 'api_key';
const ACCOUNT = 'worker';

/** A Secret at the API server, asked for by client-node from inside of a pod. */
export async function makeKubernetesHarness({
  credential,
}: HarnessOptions = {}): Promise<ConfigurableHarness> {
  const cluster = await startFakeKubernetes();
  cluster.createNamespace(NAMESPACE);
  cluster.createServiceAccount(NAMESPACE, ACCOUNT);
  const token = cluster.createToken(NAMESPACE, ACCOUNT, { token: credential });
  const folder = await mkdtemp(join(tmpdir(), 'mhk-conformance-kubernetes-'));
  await Promise.all([
    writeFile(join(folder, 'token'), token),
    writeFile(join(folder, 'ca.crt'), cluster.ca),
    writeFile(join(folder, 'namespace'), NAMESPACE),
  ]);
  const { hostname, port } = new URL(cluster.origin);
  const options = {
    name: NAME,
    key: KEY,
    auth: { method: 'in-cluster', folder },
    env: { KUBERNETES_SERVICE_HOST: hostname, KUBERNETES_SERVICE_PORT: port },
  } as const;
  let stored: string | Uint8Array = '';
  allow();

  function allow(): void {
    cluster.allow(NAMESPACE, ACCOUNT, [
      { apiGroups: [''], resources: ['secrets'], resourceNames: [NAME], verbs: ['get', 'watch'] },
    ]);
  }

  const faults: Readonly<Partial<Record<BreakMode, () => KubernetesFault>>> = {
    throttled: () => ({
      status: 429,
      headers: { 'retry-after': '3' },
      json: { kind: 'Status', status: 'Failure', reason: 'TooManyRequests', message: token, code: 429 },
    }),
    unavailable: () => ({ status: 503, text: `no backend for ${token}` }),
    hang: () => 'hang',
    malformed: () => ({ status: 200, text: `<html>${String(stored)}</html>` }),
  };

  return {
    name: 'kubernetes',
    ...inConfig('kubernetes', options),
    source: (overrides) => kubernetesKeySource({ ...options, ...overrides }),
    async put(value) {
      stored = value;
      cluster.putSecret(NAMESPACE, NAME, { [KEY]: value, other: 'beside it' });
    },
    remove: async () => cluster.removeSecret(NAMESPACE, NAME),
    async break(mode) {
      const fault = faults[mode]?.();
      if (fault !== undefined) cluster.fail(fault, { times: Infinity });
      if (mode === 'denied') cluster.allow(NAMESPACE, ACCOUNT, []);
      if (mode === 'unauthenticated') cluster.suspend(NAMESPACE, ACCOUNT);
    },
    async heal() {
      cluster.heal();
      allow();
      cluster.restore(NAMESPACE, ACCOUNT);
    },
    requestCount: () => cluster.secretReads,
    secrets: [token],
    fields: { whole: {}, field: (field) => ({ field }) },
    hostilePaths: [
      ...['../other', 'a/b', '..', 'a?b', 'A'].map((name) => ({ name })),
      ...['../kube-system', 'a/b', 'a.b'].map((namespace) => ({ namespace })),
      ...['../api_key', '..data'].map((key) => ({ key })),
    ],
    retryAfterMs: 3000,
    async close() {
      await cluster.close();
      await rm(folder, { recursive: true });
    },
  };
}
