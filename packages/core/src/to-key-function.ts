import type { KeyProvider } from './key-provider.ts';

/** For SDKs that take a function as their key: `new OpenAI({ apiKey: toKeyFunction(provider) })` and the like. */
export function toKeyFunction(provider: KeyProvider): () => Promise<string> {
  return async () => (await provider.getKey()).reveal();
}
