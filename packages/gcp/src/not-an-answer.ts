import { KeyError } from '@magic-hour-keys/core';
import { HINT_NOT_GOOGLE } from './hints.ts';

/** For a success that has not the shape of one, such as the page of a proxy. */
export function notAnAnswer(location: string): KeyError {
  return new KeyError({
    code: 'unavailable',
    source: 'gcp',
    location,
    message: 'the answer is not one of Secret Manager',
    hint: HINT_NOT_GOOGLE,
  });
}
