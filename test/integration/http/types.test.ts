import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeConsumer, type Consumer } from './types-consumer.ts';

/** What somebody writes who uses the package. Every line is an assertion for the compiler. */
const CONSUMER = `
import { createApiKey, type KeyProvider } from '@magic-hour-keys/core';
import { authHeaders, createFetch, probeKey, withKey, type HttpEvent } from '@magic-hour-keys/http';

declare const provider: KeyProvider;
const log = (event: HttpEvent): string => (event.type === 'foreign-origin' ? event.origin : event.outcome);

export const keyed: typeof fetch = createFetch(provider);
export const careful = createFetch(provider, { fetch: undefined, onEvent: log, foreignOrigin: 'error', replay: () => true });
export const status: Promise<number> = careful('https://api.magichour.ai/', { method: 'POST' }).then((r: Response) => r.status);

export const logged: typeof fetch = createFetch(provider, { fetch: (input, init) => fetch(input, init) });
export const loggedStatus: Promise<Response> = createFetch(provider, { fetch: (input) => fetch(input) })('https://x.test/');

class OtherResponse { readonly raw = 1; }
const other = async (url: string, init?: { readonly speed: number }): Promise<OtherResponse> => new OtherResponse();
export const raw: Promise<OtherResponse> = createFetch(provider, { fetch: other })('https://x.test/', { speed: 1 });
// @ts-expect-error the arguments are those of the wrapped fetch
createFetch(provider, { fetch: other })('https://x.test/', { method: 'POST' });
// @ts-expect-error a misspelt option
createFetch(provider, { allowedOrigin: [] });

export const header: Promise<string> = authHeaders(provider, new URL('https://api.magichour.ai/'), { signal: undefined }).then(
  (headers) => headers.Authorization,
);
export const sum: Promise<number> = withKey(provider, async ({ headersFor, attempt }) => headersFor('x').Authorization.length + attempt);
export const verdict: Promise<'good' | 'unpaid' | 'bad' | 'inconclusive'> = probeKey(createApiKey('x', { source: 'x' })).then((r) => r.verdict);
`;

let consumer: Consumer;

beforeAll(async () => {
  consumer = await makeConsumer();
}, 60_000);

afterAll(() => consumer.remove());

const LIBRARIES: readonly (readonly [string, readonly string[], readonly string[]])[] = [
  ['with the types of Node and without DOM', ['es2023'], ['node']],
  ['with DOM and without the types of Node', ['es2023', 'dom'], []],
  ['with both', ['es2023', 'dom', 'dom.iterable'], ['node']],
];

describe('the types compile for a strict consumer, declarations included', () => {
  it.each(LIBRARIES)('%s', async (_, lib, types) => {
    await expect(consumer.compile(CONSUMER, { lib, types })).resolves.toBe('');
  });

  it('with TypeScript 5.4', async () => {
    await expect(consumer.compile(CONSUMER, { compiler: 'typescript-5-4' })).resolves.toBe('');
  });
});
