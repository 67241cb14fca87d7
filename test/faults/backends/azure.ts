import { azureKeySource } from '@magic-hour-keys/azure';
import { startFakeAzure } from '@magic-hour-keys/testing/fakes/azure';
import type { StoreUnderFault } from '../backend-under-fault.ts';

/** The token is at hand: the login has a server of its own, which no fault is in front of. */
export async function startAzureStore(key: string): Promise<StoreUnderFault> {
  const azure = await startFakeAzure({ isPlain: true });
  const token = azure.issueToken();
  azure.secrets.put('magic-hour', key);
  return {
    origin: azure.vaultUrl,
    secrets: [token],
    makeSource: ({ url, caFile }) =>
      azureKeySource({
        vaultUrl: url,
        name: 'magic-hour',
        caFile,
        disableChallengeResourceVerification: true,
        credential: { getToken: async () => ({ token, expiresOnTimestamp: Infinity }) },
      }),
    close: () => azure.close(),
  };
}
