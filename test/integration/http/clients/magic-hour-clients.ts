import http from 'node:http';
import https from 'node:https';
import type { KeyProvider } from '@magic-hour-keys/core';
import { bindMagicHour } from '@magic-hour-keys/http/magic-hour';
import { SDKS, type SdkUnderTest } from '../magic-hour-sdks.ts';
import type { ClientUnderTest, OpenClient, OpenOptions } from './client-under-test.ts';

/** What every resource of the SDK calls; unlike a resource, it goes wherever it is told to. */
interface SdkCore {
  makeRequest(config: object): { asResponse(): Promise<SdkResponse> };
}
interface SdkResponse {
  readonly status: number;
  text(): Promise<string>;
}

/**
 * The versions of the Magic Hour SDK. They take neither streams nor signals, so of the tests for all clients they are
 * in those that need none.
 */
export const magicHourClients: readonly ClientUnderTest[] = SDKS.map((sdk) => ({
  name: sdk.name,
  redirects: 'given',
  open: async (provider, options) => openClient(sdk, provider, options),
}));

function openClient(sdk: SdkUnderTest, provider: KeyProvider, options: OpenOptions): OpenClient {
  const own = { http: http.globalAgent, https: https.globalAgent };
  // The SDK takes no agent, so every host of the test's internet is put behind those of the process.
  if (options.internet) {
    http.globalAgent = options.internet.agents.http;
    https.globalAgent = options.internet.agents.https;
  }
  return {
    async send(url, { method = 'get', headers, body, timeoutMs } = {}) {
      const { baseUrl, path } = splitUrl(url);
      const client = new sdk.default({ baseUrl });
      bindMagicHour(provider, client, options);
      const core = Reflect.get(client, '_client') as SdkCore;
      const opts = { additionalHeaders: { ...headers }, ...(timeoutMs && { timeout: timeoutMs }) };
      const raw = await core
        .makeRequest({ method, path, body, auth: ['bearerAuth'], opts })
        .asResponse()
        .catch((error: unknown) => error as Error & { readonly response?: SdkResponse });
      const answer = raw instanceof Error ? raw.response : raw;
      if (!answer) throw raw;
      return { status: answer.status, body: await answer.text(), raw };
    },
    async [Symbol.asyncDispose]() {
      http.globalAgent = own.http;
      https.globalAgent = own.https;
    },
  };
}

/** In two, without a change to its text: the SDK puts the parts together with a slash. */
function splitUrl(url: string): { readonly baseUrl: string; readonly path: string } {
  const [, baseUrl = url, path = ''] = /^([^/]*\/\/[^/]+)\/(.*)$/s.exec(url) ?? [];
  return { baseUrl, path };
}
