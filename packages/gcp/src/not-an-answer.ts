import { KeyError } from '@magic-hour-keys/core';

/** For a success that has not the shape of one, such as the page of a proxy. */
export function notAnAnswer(location: string): KeyError {
  return new KeyError({
    code: 'unavailable',
    source: 'gcp',
    location,
    message: 'the answer is not one of Secret Manager',
    hint: 'Something between here and Google answered in its place. Check `endpoint`, `transport` and proxies.',
  });
}
