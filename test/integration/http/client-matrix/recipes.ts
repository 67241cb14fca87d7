import type { AxiosStatic } from 'axios';
import type { Got } from 'got';
import type { GraphQLClient } from 'graphql-request';
import type { KyInstance } from 'ky';
import type nodeFetch from 'node-fetch';
import type { $Fetch } from 'ofetch';
import type createOpenApiClient from 'openapi-fetch';
import type * as Undici from 'undici';
import type { KeyProvider } from '@magic-hour-keys/core';
import { createFetch } from '@magic-hour-keys/http';
import { bindAxios } from '@magic-hour-keys/http/axios';
import { createGotOptions } from '@magic-hour-keys/http/got';
import { createMagicHourClient } from '@magic-hour-keys/http/magic-hour';
import { createRequest } from '@magic-hour-keys/http/node';
import { createKeyInterceptor } from '@magic-hour-keys/http/undici';

export interface RecipeOptions {
  readonly provider: KeyProvider;
  readonly origin: string;
  readonly allowed: { readonly allowedOrigins: readonly string[]; readonly allowInsecureLoopback: boolean };
  /** The module of the client. */
  readonly loaded: unknown;
}

export interface ReadyClient {
  /** Asks for an image, by POST. @returns the status of the last answer. */
  send(): Promise<number>;
  /** Whether it goes where a redirect leads. */
  readonly followsRedirects: boolean;
}

const PATH = '/v1/ai-image-generator';
const BODY = '{}';
const HEADERS = { 'content-type': 'application/json' };

/** What the README says to write for each client. */
export const RECIPES: Readonly<Record<string, (options: RecipeOptions) => ReadyClient>> = {
  fetch: ({ provider, allowed, origin }) => {
    const keyed = createFetch(provider, allowed);
    return following(async () => {
      const answer = await keyed(origin + PATH, { method: 'POST', body: BODY, headers: HEADERS });
      await answer.text();
      return answer.status;
    });
  },
  'node:http': ({ provider, allowed, origin }) => {
    const request = createRequest(provider, allowed);
    return staying(async () => {
      const answer = await request(origin + PATH, { method: 'POST', body: BODY, headers: HEADERS });
      answer.resume();
      return answer.statusCode ?? 0;
    });
  },
  undici: ({ provider, allowed, origin, loaded }) => {
    const { Agent, interceptors, request } = loaded as typeof Undici;
    const redirect = interceptors.redirect({ maxRedirections: 3 });
    const dispatcher = new Agent().compose(createKeyInterceptor(provider, allowed), redirect);
    return following(async () => {
      const options = { dispatcher, method: 'POST', body: BODY, headers: HEADERS } as const;
      const answer = await request(origin + PATH, options);
      await answer.body.text();
      return answer.statusCode;
    });
  },
  axios: ({ provider, allowed, origin, loaded }) => {
    const { default: axios } = loaded as { default: AxiosStatic };
    const api = axios.create({ baseURL: origin, validateStatus: null });
    bindAxios(provider, api, { ...allowed, getAdapter: axios.getAdapter });
    return following(async () => (await api.post(PATH, BODY, { headers: HEADERS })).status);
  },
  got: ({ provider, allowed, origin, loaded }) => {
    const { default: got } = loaded as { default: Got };
    const api = got.extend({ throwHttpErrors: false }, createGotOptions(provider, allowed));
    const options = { body: BODY, headers: HEADERS };
    return following(async () => (await api.post(origin + PATH, options)).statusCode);
  },
  'node-fetch': ({ provider, allowed, origin, loaded }) => {
    const { default: fetch } = loaded as { default: typeof nodeFetch };
    const keyed = createFetch(provider, { ...allowed, fetch });
    return staying(async () => {
      const answer = await keyed(origin + PATH, { method: 'POST', body: BODY, headers: HEADERS });
      await answer.text();
      return answer.status;
    });
  },
  ky: ({ provider, allowed, origin, loaded }) => {
    const { default: ky } = loaded as { default: KyInstance };
    const api = ky.extend({ fetch: createFetch(provider, allowed), throwHttpErrors: false });
    return following(async () => (await api.post(origin + PATH, { json: {} })).status);
  },
  ofetch: ({ provider, allowed, origin, loaded }) => {
    const { ofetch } = loaded as { ofetch: $Fetch };
    const api = ofetch.create({ ignoreResponseError: true }, { fetch: createFetch(provider, allowed) });
    return following(async () => (await api.raw(origin + PATH, { method: 'POST', body: {} })).status);
  },
  'openapi-fetch': ({ provider, allowed, origin, loaded }) => {
    const { default: createClient } = loaded as { default: typeof createOpenApiClient };
    const api = createClient<Record<string, Record<'post', never>>>({
      baseUrl: origin,
      fetch: createFetch(provider, allowed),
    });
    return following(async () => {
      const { response } = await api.POST(PATH as never, { body: {} } as never);
      return response.status;
    });
  },
  'graphql-request': ({ provider, allowed, origin, loaded }) => {
    const Client = (loaded as { GraphQLClient: typeof GraphQLClient }).GraphQLClient;
    const keyed = createFetch(provider, allowed);
    let status = 0;
    const noticing: typeof fetch = async (input, init) => {
      const answer = await keyed(input, init);
      status = answer.status;
      return answer;
    };
    const api = new Client(origin + PATH, { fetch: noticing });
    return following(async () => {
      // The API does not speak GraphQL, and that is what it throws for.
      await api.request('{ a }').catch(() => undefined);
      return status;
    });
  },
  'magic-hour': ({ provider, allowed, origin, loaded }) => {
    const { default: sdk } = loaded as { default: typeof import('magic-hour') };
    const client = createMagicHourClient(provider, sdk, { ...allowed, baseUrl: origin });
    const image = { prompt: 'a lighthouse', tool: 'ai-anime-generator' } as const;
    return staying(async () => {
      const call = client.v1.aiImageGenerator.create({ imageCount: 1, orientation: 'square', style: image });
      return call.then(
        () => 200,
        (error: { response?: { status: number } }) => error.response?.status ?? 0,
      );
    });
  },
};

function following(send: () => Promise<number>): ReadyClient {
  return { send, followsRedirects: true };
}

function staying(send: () => Promise<number>): ReadyClient {
  return { send, followsRedirects: false };
}
