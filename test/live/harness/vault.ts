import { readFileSync } from 'node:fs';
import type { SourceHarness } from '@magic-hour-keys/testing/conformance';
import { vaultKeySource, type VaultOptions } from '@magic-hour-keys/vault';
import { makeUniqueName, type LiveEnvironment, type LiveSetup } from '../live-store.ts';
import { startRelay, type Relay, type RelayAnswer } from './relay.ts';
import { openVaultAdmin, type VaultAdmin, type VaultServer } from './vault-admin.ts';
import { createVaultLogin, type VaultLoginMethod } from './vault-login.ts';
import { createVaultSecret, type KvEngine } from './vault-secret.ts';
import { throttleMount } from './vault-throttle.ts';

export interface VaultWay {
  readonly engine: KvEngine;
  readonly login: VaultLoginMethod;
}

/** What the harnesses of one way share: an engine, and where to log in. */
interface SharedVault {
  readonly admin: VaultAdmin;
  readonly mount: string;
}

const ALWAYS_AN_OBJECT = 'a secret of Vault is always an object';

/** `MHK_LIVE_VAULT_ADDR` and `MHK_LIVE_VAULT_TOKEN`: a Vault or an OpenBao, and a token that may administer it. */
export function setUpVault(way: VaultWay): (environment: LiveEnvironment) => LiveSetup {
  return (environment) => {
    const { MHK_LIVE_VAULT_ADDR: address, MHK_LIVE_VAULT_TOKEN: token } = environment;
    if (!address || !token) {
      return {
        missing:
          'set MHK_LIVE_VAULT_ADDR to the address of a Vault or an OpenBao, and MHK_LIVE_VAULT_TOKEN to a token that may make mounts, policies, roles and tokens',
      };
    }
    const { MHK_LIVE_VAULT_NAMESPACE: namespace, MHK_LIVE_CA_FILE: caFile } = environment;
    const ca = caFile ? readFileSync(caFile, 'utf8') : undefined;
    return runAgainst({ address, token, namespace: namespace || undefined, ca }, way);
  };
}

function runAgainst(server: VaultServer, way: VaultWay): Extract<LiveSetup, { makeHarness: unknown }> {
  const mount = makeUniqueName();
  let opening: Promise<SharedVault> | undefined;

  async function open(): Promise<SharedVault> {
    const admin = openVaultAdmin(server);
    await admin.mountKv(mount, way.engine);
    if (way.login === 'approle') await admin.write(`sys/auth/${mount}`, { type: 'approle' });
    return { admin, mount };
  }

  return {
    async makeHarness() {
      opening ??= open();
      const shared = await opening;
      const isRead = ({ method, path }: { method: string; path: string }): boolean =>
        method === 'GET' && path.startsWith(`/v1/${mount}/`);
      const relay = await startRelay({ upstream: server.address, ca: server.ca, isRead });
      return makeVaultHarness(shared, way, relay, server.namespace);
    },
    async cleanUp() {
      if (!opening) return;
      const admin = openVaultAdmin(server);
      await admin.remove(`sys/mounts/${mount}`);
      // Their tokens end with it.
      if (way.login === 'approle') await admin.remove(`sys/auth/${mount}`);
      await admin.remove(`sys/quotas/rate-limit/${mount}`);
    },
  };
}

async function makeVaultHarness(
  { admin, mount }: SharedVault,
  { engine, login: method }: VaultWay,
  relay: Relay,
  namespace: string | undefined,
): Promise<SourceHarness> {
  const name = makeUniqueName();
  const secret = createVaultSecret(admin, { engine, mount, name });
  const login = createVaultLogin(admin, { method, mount, name });
  const allow = (): Promise<unknown> => writePolicy(admin, name, secret.readPath, 'read');
  let stored = '';
  let retryAfterMs: number | undefined;
  let endThrottling: (() => Promise<void>) | undefined;

  const close = async (): Promise<void> => {
    await endThrottling?.();
    await relay.close();
    await login.remove();
    await admin.remove(`sys/policies/acl/${name}`);
    await secret.remove();
  };
  try {
    await allow();
    await login.restore();
  } catch (error) {
    await close();
    throw error;
  }
  const options: VaultOptions = {
    path: `${mount}/${name}`,
    address: relay.origin,
    namespace,
    ...login.options,
  };

  const answers: Readonly<Partial<Record<string, () => RelayAnswer>>> = {
    // To seal the store itself would hit everybody else who uses it.
    unavailable: () => ({ status: 503, text: '{"errors":["Vault is sealed"]}' }),
    hang: () => 'hang',
    malformed: () => ({ status: 200, text: `<html>${stored}</html>` }),
  };

  return {
    name: 'vault',
    source: (overrides) => vaultKeySource({ ...options, ...overrides }),
    async put(value) {
      stored =
        typeof value === 'string' ? value : new TextDecoder('utf-8', { ignoreBOM: true }).decode(value);
      await secret.put(membersOf(stored));
    },
    remove: () => secret.remove(),
    ...(secret.disable && { disable: secret.disable }),
    async break(mode) {
      const answer = answers[mode]?.();
      if (answer) relay.answer(answer);
      else if (mode === 'denied') await writePolicy(admin, name, secret.readPath, 'deny');
      else if (mode === 'unauthenticated') await login.revoke(tokensIn(relay));
      else ({ retryAfterMs, end: endThrottling } = await throttleMount(admin, mount, secret.readPath));
    },
    async heal() {
      relay.heal();
      await endThrottling?.();
      endThrottling = undefined;
      await allow();
      await login.restore();
    },
    requestCount: () => relay.reads,
    get secrets() {
      return [...new Set([...login.secrets(), ...tokensIn(relay)])];
    },
    fields: { whole: {}, field: (field) => ({ field }) },
    hostilePaths: ['../sys/seal', './x', '/x', '..'].map((rest) => ({ path: `${mount}/${rest}` })),
    get retryAfterMs() {
      return retryAfterMs;
    },
    unsupported: {
      'bytes-not-text': 'Vault stores JSON, which has no bytes',
      'field-of-text': ALWAYS_AN_OBJECT,
      'whole-object': `${ALWAYS_AN_OBJECT}, whose only member is the key`,
      ...secret.limits,
    },
    close,
  };
}

async function writePolicy(
  admin: VaultAdmin,
  name: string,
  path: string,
  capability: 'read' | 'deny',
): Promise<void> {
  await admin.write(`sys/policies/acl/${name}`, {
    policy: `path "${path}" { capabilities = ["${capability}"] }`,
  });
}

function tokensIn({ requests }: Relay): string[] {
  const tokens = requests.map(({ headers }) => headers['x-vault-token']);
  return [...new Set(tokens.filter((token) => typeof token === 'string' && token !== ''))] as string[];
}

/** A secret of Vault is an object: what is none becomes its only member. */
function membersOf(value: string): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(value);
    if (typeof parsed === 'object' && parsed !== null) return parsed as Record<string, unknown>;
  } catch {
    // A key is not JSON.
  }
  return { api_key: value };
}
