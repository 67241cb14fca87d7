import { gcpKeySource, type GcpTransport } from '@magic-hour-keys/gcp';
import type { BreakMode } from '@magic-hour-keys/testing/conformance';
import { startFakeGcp, type GcpFault } from '@magic-hour-keys/testing/fakes/gcp';
import { inConfig, type ConfigurableHarness } from './harness-options.ts';

const NAME = 'projects/my-project/secrets/magic-hour';
const ACCESS = 'secretmanager.versions.access';

/**
 * Google Secret Manager, as the official SDK sees it. The login is a token signed by the key of a service account, given
 * by options, so that nothing of the machine counts.
 */
export async function makeGcpHarness(transport: GcpTransport): Promise<ConfigurableHarness> {
  const gcp = await startFakeGcp();
  const key = gcp.createServiceAccountKey();
  const options = {
    secret: NAME,
    endpoint: gcp.origin,
    transport,
    auth: { method: 'service-account', key: { env: 'KEY' } },
    env: { KEY: JSON.stringify(key) },
  } as const;
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
      if (fault) gcp.fail(fault);
      else if (mode === 'denied') gcp.deny(ACCESS);
      else if (mode === 'unauthenticated') gcp.revokeLogins();
      else gcp.hold();
    },
    async heal() {
      gcp.heal();
      gcp.allow(ACCESS);
      gcp.restoreLogins();
      gcp.release();
    },
    requestCount: () => gcp.count('AccessSecretVersion'),
    get secrets() {
      const tokens = gcp.requests.map(({ authorization }) => authorization?.replace('Bearer ', ''));
      return [key.private_key, ...new Set(tokens.filter((token) => token !== undefined))];
    },
    fields: { whole: {}, field: (field) => ({ field }) },
    hostilePaths: [
      'projects/my-project/secrets/../../secrets/magic-hour',
      'magic-hour/../other',
      'projects/my-project/secrets/magic-hour/versions/latest:destroy',
      '../magic-hour',
    ].map((secret) => ({ secret })),
    retryAfterMs: 3000,
    close: () => gcp.close(),
  };
}
