import { isKeyError, type KeyError, type KeySource } from '@magic-hour-keys/core';

/** What a backend says to options that can not be meant; they may be any that JavaScript can pass. */
export function makeRefusalOf(createSource: (options: never) => KeySource): (options: unknown) => KeyError {
  return (options) => {
    try {
      createSource(options as never);
    } catch (error) {
      if (isKeyError(error)) return error;
      throw error;
    }
    throw new Error('the options were taken');
  };
}
