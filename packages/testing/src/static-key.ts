import { isKeyError, type KeyError, type KeySource } from '@magic-hour-keys/core';

/** A source that always gives the same key, or always fails with the same error. */
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
