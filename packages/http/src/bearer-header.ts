import { KeyError, type ApiKey } from '@magic-hour-keys/core';

export const AUTHORIZATION = 'Authorization';

/** RFC 6750 section 2.1, `b64token`. */
const BEARER_TOKEN = /^[A-Za-z0-9._~+/-]+=*$/;

/**
 * The value of the header. Core's own keys are clean already; those of a hand-written provider are checked here,
 * because fetch and node-fetch quote a value they refuse, and axios sends it with characters missing.
 *
 * @throws KeyError `invalid_key`, without the value.
 */
export function bearerHeader(key: ApiKey, source: string): string {
  const value: unknown = typeof key?.reveal === 'function' ? key.reveal() : undefined;
  if (typeof value === 'string' && BEARER_TOKEN.test(value)) return `Bearer ${value}`;
  throw new KeyError({
    code: 'invalid_key',
    source,
    message: 'the provider gave a key that can not be sent in a header',
    hint: 'Build keys with createApiKey() of @magic-hour-keys/core, which says what is wrong with the value.',
  });
}
