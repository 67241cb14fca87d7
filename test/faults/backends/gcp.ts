import { gcpKeySource, type GcpTransport } from '@magic-hour-keys/gcp';
import { startFakeGcp } from '@magic-hour-keys/testing/fakes/gcp';
import type { StoreUnderFault } from '../backend-under-fault.ts';

/** Its client takes an authority from the process alone (`NODE_EXTRA_CA_CERTS`), so here every certificate is wrong. */
export function startGcpStore(transport: GcpTransport): (key: string) => Promise<StoreUnderFault> {
  return async (key) => {
    const gcp = await startFakeGcp();
    const accountKey = gcp.createServiceAccountKey();
    const secret = 'projects/my-project/secrets/magic-hour';
    gcp.secrets.put(secret, key);
    return {
      origin: gcp.origin,
      secrets: [accountKey.private_key],
      makeSource: ({ url }) =>
        gcpKeySource({
          secret,
          endpoint: url,
          transport,
          auth: { method: 'service-account', key: { env: 'KEY' } },
          env: { KEY: JSON.stringify(accountKey) },
        }),
      close: () => gcp.close(),
    };
  };
}
