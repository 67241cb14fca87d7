import http from 'node:http';
import { text } from 'node:stream/consumers';
import axios, { type AxiosError } from 'axios';
import { got, type HTTPError } from 'got';
import { SDKS } from '../magic-hour-sdks.ts';
import type { ClientUnderTest, OpenClient, ReceivedAnswer, SentRequest } from './client-under-test.ts';

type SendWith = (key: string, url: string, request: SentRequest) => Promise<ReceivedAnswer>;

/** A client with the key as people write it: these show that a search for leaks is not blind. */
function usualClient(name: string, send: SendWith): ClientUnderTest {
  return {
    name: `${name}, usual`,
    redirects: 'followed',
    async open(provider): Promise<OpenClient> {
      const key = await provider.getKey();
      return {
        send: (url, request = {}) => send(key.reveal(), url, request),
        async [Symbol.asyncDispose]() {},
      };
    },
  };
}

export const usualClients: readonly ClientUnderTest[] = [
  usualClient('axios', async (key, url, { timeoutMs }) => {
    const instance = axios.create({ adapter: 'http', headers: { authorization: `Bearer ${key}` } });
    const sent = instance.get<unknown>(url, { ...(timeoutMs && { timeout: timeoutMs }) });
    const raw = await sent.catch((error: unknown) => error as AxiosError);
    const answer = raw instanceof Error ? raw.response : raw;
    if (!answer) throw raw;
    return { status: answer.status, body: String(answer.data), raw };
  }),
  usualClient('got', async (key, url, { timeoutMs }) => {
    const keyed = got.extend({ headers: { authorization: `Bearer ${key}` }, retry: { limit: 0 } });
    const raw = await keyed(url, { ...(timeoutMs && { timeout: { request: timeoutMs } }) }).catch(
      (error: unknown) => error as HTTPError,
    );
    const answer = raw instanceof Error ? raw.response : raw;
    if (!answer) throw raw;
    return { status: answer.statusCode, body: String(answer.body), raw };
  }),
  usualClient(
    'node:http',
    (key, url, { timeoutMs }) =>
      new Promise((resolve, reject) => {
        const headers = { authorization: `Bearer ${key}` };
        const signal = timeoutMs && { signal: AbortSignal.timeout(timeoutMs) };
        http
          .get(url, { headers, ...signal }, (raw) => {
            text(raw).then((body) => resolve({ status: raw.statusCode ?? 0, body, raw }), reject);
          })
          .on('error', reject);
      }),
  ),
  ...SDKS.map((sdk) =>
    usualClient(sdk.name, async (token, url, { timeoutMs }) => {
      const { origin, pathname } = new URL(url);
      const client = new sdk.default({ baseUrl: origin, token, ...(timeoutMs && { timeout: timeoutMs }) });
      const core = Reflect.get(client, '_client') as { makeRequest(config: object): PromiseLike<unknown> };
      const raw = await core.makeRequest({ method: 'get', path: pathname, auth: ['bearerAuth'] });
      return { status: 200, body: '', raw };
    }),
  ),
];
