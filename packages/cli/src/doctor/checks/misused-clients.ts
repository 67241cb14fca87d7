import type { Check } from '../facts.ts';

/** The SDK's option is `token`; with `apiKey`, which the vendor's page shows, no header is sent at all. */
export const misusedClients: Check = ({ search }) =>
  search.clients.map(({ file, line }) => ({
    id: 'sdk-api-key-option',
    level: 'error',
    title: 'the Magic Hour SDK is given `apiKey`, which it does not know: it sends no key at all',
    fix: 'Write `token` in place of `apiKey`; or attach the SDK with @magic-hour-keys/http/magic-hour, which brings the key by itself.',
    at: `${file}:${line}`,
  }));
