// Mistakes that the compiler must find. Each stands on the line that is marked; scripts/test-packed.mjs compares.
import { loadKeyProvider } from '@magic-hour-keys/config';
import { createKeyProvider, type KeyErrorCode, type KeySource } from '@magic-hour-keys/core';
import { envKeySource } from '@magic-hour-keys/env';
import { createFetch } from '@magic-hour-keys/http';

const provider = loadKeyProvider();
const key = await provider.getKey();

export const header = { authorization: key.value }; // wrong: the value is behind reveal()
export const text: string = key; // wrong: a key is no string
export const length: number = key.reveal().lenght; // wrong: a misspelt member, so reveal() is not any
export const code: KeyErrorCode = 'no_such_code'; // wrong: the codes are a closed union
export const source: KeySource = { name: 'mine', read: async () => ({ value: '' }) }; // wrong: no location
export const fresh = createKeyProvider(envKeySource(), { fresh: '5m' }); // wrong: milliseconds in code
export const guarded = createFetch(provider, { foreignOrigin: 'refuse' }); // wrong: "pass" or "error"
export const options = envKeySource({ file: '.env' }); // wrong: the option is called files
