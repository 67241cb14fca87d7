import { isKeyError, type KeyError } from './key-error.ts';
import type { KeySource } from './key-source.ts';

/** A source that always gives the same key, or always fails with the same error: for tests, scripts and fallbacks. */
export function staticKey(keyOrError: string | KeyError): KeySource {
  return {
    name: 'static',
    location: 'a constant in code',
    read: async () => {
      if (isKeyError(keyOrError)) throw keyOrError;
      return { value: keyOrError };
    },
  };
}
