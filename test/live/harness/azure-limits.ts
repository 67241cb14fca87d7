import { makeTestKey } from '@magic-hour-keys/testing';
import type { AzureCredential } from '@magic-hour-keys/azure';
import { makeUniqueName, withoutModes } from '../live-store.ts';
import type { AzureAdmin } from './azure-admin.ts';

/** A token that nobody has given out. */
export const STRANGER: AzureCredential = {
  getToken: async () => ({ token: 'a-token-of-nobody', expiresOnTimestamp: Infinity }),
};

/** What this vault can't be put through, found by trying: emulators leave things out. */
export async function findAzureLimits(admin: AzureAdmin): Promise<Record<string, string>> {
  const name = makeUniqueName();
  try {
    await admin.put(name, makeTestKey());
    const knowsTokens = (await admin.tryRead(name, STRANGER)) !== undefined;
    const takesEmpty = await succeeds(admin.put(name, ''));
    const takesBlank = await succeeds(admin.put(name, ' \t \n'));
    return {
      ...withoutModes({
        denied: 'who may read a vault is not for the vault to say, and this suite has no right to',
      }),
      ...(!knowsTokens && withoutModes({ unauthenticated: 'this vault takes any token' })),
      ...(!takesEmpty && { empty: 'this vault refuses to store an empty value' }),
      ...(!takesBlank && { blank: 'this vault refuses to store blanks' }),
      'bytes-not-text': 'Key Vault stores text, which has no bytes',
    };
  } finally {
    await admin.remove(name);
  }
}

async function succeeds(attempt: Promise<unknown>): Promise<boolean> {
  return attempt.then(
    () => true,
    () => false,
  );
}
