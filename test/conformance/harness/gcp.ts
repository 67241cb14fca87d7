import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gcpKeySource, type GcpOptions, type GcpTransport } from '@magic-hour-keys/gcp';
import type { BreakMode } from '@magic-hour-keys/testing/conformance';
import { startFakeGcp, type FakeGcp, type GcpFault } from '@magic-hour-keys/testing/fakes/gcp';
import { inConfig, type ConfigurableHarness, type HarnessOptions } from './harness-options.ts';

const NAME = 'projects/my-project/secrets/magic-hour';
const READ = 'AccessSecretVersion';
const ACCESS = 'secretmanager.versions.access';

/** A way to log in that is given by options, so that nothing of the machine counts. */
interface Login {
  readonly options: Pick<GcpOptions, 'auth'> & { readonly env?: Readonly<Record<string, string>> };
  readonly secret: string;
  forget(): Promise<void>;
}

/** Google Secret Manager, as the official SDK sees it. A credential that is given is a token of another identity provider. */
export async function makeGcpHarness(
  transport: GcpTransport,
  { credential }: HarnessOptions = {},
): Promise<ConfigurableHarness> {
  const gcp = await startFakeGcp();
  const login = credential === undefined ? logInByKey(gcp) : await logInByToken(gcp, credential);
  const options = { secret: NAME, endpoint: gcp.origin, transport, ...login.options };
  let stored: string | Uint8Array = '';

  const faults: Readonly<Partial<Record<BreakMode, () => GcpFault>>> = {
    throttled: () => ({ status: 'RESOURCE_EXHAUSTED', message: 'Quota exceeded', retryDelaySeconds: 3 }),
    unavailable: () => ({ status: 'UNAVAILABLE', message: 'The service is currently unavailable.' }),
    malformed: () => ({ text: `{"payload":{"data":${JSON.stringify(String(stored))},` }),
  };

  return {
    name: 'gcp',
    ...inConfig('gcp', options),
    source: (overrides) => gcpKeySource({ ...options, ...overrides }),
    async put(value) {
      stored = value;
      gcp.secrets.put(NAME, value);
    },
    async remove() {
      gcp.secrets.remove(NAME);
    },
    async disable() {
      gcp.secrets.setState(NAME, 'DISABLED');
    },
    async break(mode) {
      const fault = faults[mode]?.();
      if (fault) gcp.fail(fault, { operation: READ });
      else if (mode === 'denied') gcp.deny(ACCESS);
      else if (mode === 'unauthenticated') gcp.revokeLogins();
      else gcp.hold(({ operation }) => operation === READ);
    },
    async heal() {
      gcp.heal();
      gcp.allow(ACCESS);
      gcp.restoreLogins();
      gcp.release();
    },
    requestCount: () => gcp.count(READ),
    get secrets() {
      const tokens = gcp.requests.map(({ authorization }) => authorization?.replace('Bearer ', ''));
      return [login.secret, ...new Set(tokens.filter((token) => token !== undefined))];
    },
    fields: { whole: {}, field: (field) => ({ field }) },
    hostilePaths: [
      'projects/my-project/secrets/../../secrets/magic-hour',
      'magic-hour/../other',
      'projects/my-project/secrets/magic-hour/versions/latest:destroy',
      '../magic-hour',
    ].map((secret) => ({ secret })),
    retryAfterMs: 3000,
    async close() {
      await gcp.close();
      await login.forget();
    },
  };
}

/** The key of a service account, which signs tokens itself. */
function logInByKey(gcp: FakeGcp): Login {
  const key = gcp.createServiceAccountKey();
  return {
    options: { auth: { method: 'service-account', key: { env: 'KEY' } }, env: { KEY: JSON.stringify(key) } },
    secret: key.private_key,
    forget: async () => undefined,
  };
}

/** Workload identity federation: the token lies in a file, and is exchanged. */
async function logInByToken(gcp: FakeGcp, token: string): Promise<Login> {
  const folder = await mkdtemp(join(tmpdir(), 'mhk-gcp-'));
  const [tokenFile, credentialFile] = [join(folder, 'token'), join(folder, 'wif.json')];
  gcp.trust(token);
  await writeFile(tokenFile, token, { mode: 0o600 });
  await writeFile(credentialFile, JSON.stringify(gcp.workloadIdentity(tokenFile)), { mode: 0o600 });
  return {
    options: { auth: { method: 'workload-identity', credentialFile } },
    secret: token,
    forget: () => rm(folder, { recursive: true }),
  };
}
