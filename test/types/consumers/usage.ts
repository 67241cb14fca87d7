// What users write, compiled against the packed packages: every line must be accepted.
import { loadKeyProvider } from '@magic-hour-keys/config';
import {
  createApiKey,
  createKeyProvider,
  firstFound,
  isKeyError,
  toKeyFunction,
  type ApiKey,
  type KeyErrorCode,
  type KeyProvider,
  type KeySource,
  type ManagedKeyProvider,
} from '@magic-hour-keys/core';
import { envKeyProvider, envKeySource } from '@magic-hour-keys/env';
import { createFetch, withKey } from '@magic-hour-keys/http';

const provider: ManagedKeyProvider = loadKeyProvider();
export const sendRequest: typeof fetch = createFetch(provider);
export const warm: ApiKey | undefined = provider.peek();
export const asFunction: () => Promise<string> = toKeyFunction(provider);
export const wrapped = withKey;

// A provider written by hand needs two functions, whatever later versions add to ours.
const byHand: KeyProvider = {
  name: 'by-hand',
  getKey: async () => createApiKey('made-up-by-hand-0001', { source: 'by-hand' }),
  renew: async () => undefined,
};
export const withHandWritten: typeof fetch = createFetch(byHand);

// Members may be given as undefined, also under exactOptionalPropertyTypes.
const source: KeySource = {
  name: 'mine',
  location: 'here',
  read: async ({ signal, reason }) => {
    if (signal.aborted) throw signal.reason;
    return { value: reason, version: undefined, expiresAt: undefined };
  },
  classify: undefined,
  close: undefined,
};
export const chained: ManagedKeyProvider = createKeyProvider(
  firstFound([envKeySource({ variable: undefined }), source]),
  { freshMs: 60_000, maxStaleMs: undefined, onEvent: (event) => event.type },
);
export const fromEnvironment: ManagedKeyProvider = envKeyProvider({ files: ['.env'] });

export function explain(error: unknown): string {
  if (!isKeyError(error)) return 'not ours';
  const code: KeyErrorCode = error.code;
  return `${code}: ${error.hint ?? error.message}`;
}

export async function stop(): Promise<void> {
  const unsubscribe = provider.subscribe((event) => void event.type);
  unsubscribe();
  provider.invalidate();
  await provider.close();
}
