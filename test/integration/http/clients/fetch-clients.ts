import ky1, { type KyInstance } from 'ky';
import { ofetch } from 'ofetch';
import createOpenApiClient from 'openapi-fetch';
import { createFetch } from '@magic-hour-keys/http';
import {
  loadOptional,
  signalOf,
  type ClientUnderTest,
  type OpenClient,
  type SentRequest,
} from './client-under-test.ts';

const ky2 = (await loadOptional('ky-2')) as { default: KyInstance } | undefined;

type SendByFetch = (fetch: typeof globalThis.fetch, url: string, init: RequestInit) => Promise<Response>;

/** Whatever makes a Request of its body can send it twice, because a Request can be copied. */
const MAKES_REQUESTS = ['ky 1', 'ky 2', 'openapi-fetch'];

function fetchClient(name: string, send: SendByFetch): ClientUnderTest {
  return {
    name: `${name}, createFetch`,
    redirects: 'followed',
    onceBodies: MAKES_REQUESTS.includes(name) ? [] : [() => new Blob(['{}']).stream()],
    async open(provider, options): Promise<OpenClient> {
      const { internet } = options;
      const base: typeof globalThis.fetch = (input, init) =>
        globalThis.fetch(input, { ...init, dispatcher: internet?.dispatcher } as object);
      // Over the global fetch redirects are followed; the other one is there for the internet of the test alone.
      const keyed = internet
        ? createFetch(provider, { ...options, fetch: base, trustFetchRedirects: true })
        : createFetch(provider, options);
      return {
        async send(url, request = {}) {
          const raw = await send(keyed, url, toInit(request));
          return { status: raw.status, body: await raw.text(), raw };
        },
        async [Symbol.asyncDispose]() {},
      };
    },
  };
}

function toInit(request: SentRequest): RequestInit {
  const { method, headers, body } = request;
  const signal = signalOf(request);
  const isStream = typeof body === 'object' && body !== null && 'getReader' in body;
  return {
    ...(method && { method }),
    ...(headers && { headers: { ...headers } }),
    ...(body !== undefined && { body: body as string }),
    ...(isStream && { duplex: 'half' }),
    ...(signal && { signal }),
  };
}

function overKy(ky: KyInstance): SendByFetch {
  return (fetch, url, init) => ky.extend({ fetch, throwHttpErrors: false, retry: 0 })(url, init);
}

export const fetchClients: readonly ClientUnderTest[] = [
  fetchClient('the global fetch', (fetch, url, init) => fetch(url, init)),
  fetchClient('ky 1', overKy(ky1)),
  ...(ky2 ? [fetchClient('ky 2', overKy(ky2.default))] : []),
  fetchClient('ofetch', async (fetch, url, init) => {
    const options: object = { ...init, retry: 0, ignoreResponseError: true, responseType: 'stream' };
    const answer: unknown = await ofetch.create({}, { fetch }).raw(url, options);
    return answer as Response;
  }),
  fetchClient('openapi-fetch', async (fetch, url, init) => {
    const { origin, pathname, search } = new URL(url);
    let answer = new Response();
    // It reads the answer by itself and gives an error as what it took it for; the test wants to see what came.
    const noticing = async (request: Request): Promise<Response> => {
      answer = await fetch(request);
      return answer.clone();
    };
    const client = createOpenApiClient<Record<string, Record<'request', never>>>({
      baseUrl: origin,
      fetch: noticing,
    });
    const { method = 'GET', ...others } = init;
    const options = { ...others, parseAs: 'text', bodySerializer: (body: unknown) => body };
    await client.request(method.toLowerCase() as never, `${pathname}${search}` as never, options as never);
    return answer;
  }),
];
