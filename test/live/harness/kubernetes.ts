import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { kubernetesKeySource } from '@magic-hour-keys/kubernetes';
import type { BreakMode, SourceHarness } from '@magic-hour-keys/testing/conformance';
import { makeUniqueName, type LiveEnvironment, type LiveSetup } from '../live-store.ts';
import { openKubernetesAdmin, type KubernetesAdmin, type Place } from './kubernetes-admin.ts';
import { startRelay, type Relay, type RelayAnswer } from './relay.ts';
import { until } from './until.ts';

const KEY = 'api_key';
/** Roles and accounts are known to each API server by notices, so that a change takes a moment. */
const LIMIT_MS = 30_000;

/** `MHK_LIVE_KUBECONFIG`: a kubeconfig whose current context may make namespaces, and roles and tokens in them. */
export function setUpKubernetes({ MHK_LIVE_KUBECONFIG: kubeconfig }: LiveEnvironment): LiveSetup {
  if (!kubeconfig) {
    return {
      missing:
        'set MHK_LIVE_KUBECONFIG to a kubeconfig whose current context may make namespaces, and Secrets, Roles, RoleBindings and ServiceAccounts with tokens in them',
    };
  }
  const namespace = makeUniqueName();
  let opening: Promise<KubernetesAdmin> | undefined;

  async function open(path: string): Promise<KubernetesAdmin> {
    const admin = await openKubernetesAdmin(path);
    await admin.createNamespace(namespace);
    return admin;
  }

  return {
    async makeHarness() {
      opening ??= open(kubeconfig);
      const admin = await opening;
      const { server: upstream, ca } = admin;
      const place = { namespace, name: makeUniqueName() };
      const { pathname } = new URL(upstream);
      const path = `${pathname.replace(/\/$/, '')}/api/v1/namespaces/${namespace}/secrets/${place.name}`;
      const relay = await startRelay({ upstream, ca, isRead: (request) => path.endsWith(request.path) });
      return makeKubernetesHarness(admin, relay, place);
    },
    cleanUp: async () => (await opening)?.deleteNamespace(namespace),
  };
}

async function makeKubernetesHarness(
  admin: KubernetesAdmin,
  relay: Relay,
  place: Place,
): Promise<SourceHarness> {
  const folder = await mkdtemp(join(tmpdir(), 'mhk-live-kubernetes-'));
  const file = join(folder, 'kubeconfig');
  const tokens: string[] = [];
  let stored: string | Uint8Array = '';
  let isBound = false;
  let hasAccount = false;

  const reads = async (...statuses: readonly number[]): Promise<unknown> =>
    until(LIMIT_MS, async () => statuses.includes(await admin.statusOfRead(place, tokens.at(-1) ?? '')));

  async function logIn(): Promise<void> {
    await admin.createAccount(place);
    const token = await admin.createToken(place);
    tokens.push(token);
    await writeFile(file, kubeconfigOf(relay.origin, place.namespace, token), { mode: 0o600 });
    hasAccount = true;
  }

  async function bind(): Promise<void> {
    await admin.bindReader(place);
    isBound = true;
  }

  async function close(): Promise<void> {
    await relay.close();
    await rm(folder, { recursive: true, force: true });
    // Role, account and binding go with the namespace.
    await admin.deleteSecret(place);
  }

  try {
    await admin.createReader(place);
    await logIn();
    await bind();
    await reads(200, 404);
  } catch (error) {
    await close();
    throw error;
  }

  const answers: Readonly<Partial<Record<BreakMode, () => RelayAnswer>>> = {
    // To use up what the API server allows one client would hit everybody else's as well.
    throttled: () => ({ status: 429, headers: { 'retry-after': '1' }, text: 'Too many requests.' }),
    unavailable: () => ({ status: 503, text: 'apiserver not ready' }),
    hang: () => 'hang',
    malformed: () => ({ status: 200, text: `<html>${String(stored)}</html>` }),
  };

  return {
    name: 'kubernetes',
    source: (overrides) =>
      kubernetesKeySource({ name: place.name, key: KEY, auth: { method: 'kubeconfig', file }, ...overrides }),
    async put(value) {
      stored = value;
      await admin.putSecret(place, { [KEY]: Buffer.from(value).toString('base64'), other: 'eA==' });
    },
    remove: () => admin.deleteSecret(place),
    async break(mode) {
      const answer = answers[mode]?.();
      if (answer) return relay.answer(answer);
      if (mode === 'denied') {
        await admin.unbindReader(place);
        isBound = false;
        await reads(403);
      } else {
        await admin.deleteAccount(place);
        hasAccount = false;
        await reads(401);
      }
    },
    async heal() {
      relay.heal();
      if (!hasAccount) await logIn();
      if (!isBound) await bind();
      await reads(200, 404);
    },
    requestCount: () => relay.reads,
    secrets: tokens,
    fields: { whole: {}, field: (field) => ({ field }) },
    hostilePaths: [{ name: '../other' }, { name: 'a/b' }, { namespace: '../kube-system' }, { key: '../x' }],
    retryAfterMs: 1000,
    close,
  };
}

/** JSON is YAML. http reaches this machine alone, where the relay listens. */
function kubeconfigOf(server: string, namespace: string, token: string): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'live', cluster: { server } }],
    users: [{ name: 'live', user: { token } }],
    contexts: [{ name: 'live', context: { cluster: 'live', user: 'live', namespace } }],
    'current-context': 'live',
  });
}
