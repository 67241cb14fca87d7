import { createKeyProvider, type KeySource } from '@magic-hour-keys/core';
import { hurriedOptions } from './hurried-runtime.ts';
import type { Ending, Seen } from './route.ts';

/**
 * What core makes of one read: the key, or the `KeyError` that a user would see. A raw error may hold anything; only
 * what core lets through is a backend's answer.
 *
 * @throws KeyError
 */
export async function judgeReading(source: KeySource, ending: Ending): Promise<Seen> {
  const answered: KeySource = {
    name: source.name,
    location: source.location,
    classify: (error) => source.classify?.(error),
    async read() {
      if ('error' in ending) throw ending.error;
      return ending.reading;
    },
  };
  const provider = createKeyProvider(answered, hurriedOptions());
  try {
    const key = await provider.getKey();
    // Without a reading there would be no key.
    return { key, reading: (ending as { reading: Seen['reading'] }).reading };
  } finally {
    await provider.close();
  }
}
