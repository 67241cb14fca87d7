import { Readable } from 'node:stream';
import got14, { HTTPError, type Got } from 'got';
import got13 from 'got-13';
import type { KeyProvider } from '@magic-hour-keys/core';
import { createGotOptions } from '@magic-hour-keys/http/got';
import {
  loadOptional,
  type ClientUnderTest,
  type OpenClient,
  type OpenOptions,
} from './client-under-test.ts';

const got16 = (await loadOptional('got-16')) as { default: Got } | undefined;

const MAJORS: readonly (readonly [string, Got | undefined])[] = [
  ['got 13', got13 as unknown as Got],
  ['got 14', got14],
  ['got 16', got16?.default],
];

export const gotClients: readonly ClientUnderTest[] = MAJORS.flatMap(([name, got]) => {
  if (!got) return [];
  return [
    {
      name,
      redirects: 'followed',
      readsWholeAnswers: true,
      keepsRequest: true,
      // It takes no streams but those of Node and of the web.
      ...(name === 'got 16' && { onceBodies: [() => Readable.from(['{}'])] }),
      open: async (provider, options) => openClient(got, provider, options),
    } satisfies ClientUnderTest,
  ];
});

function openClient(got: Got, provider: KeyProvider, options: OpenOptions): OpenClient {
  const { internet } = options;
  const instance = got.extend(createGotOptions(provider, options), {
    retry: { limit: 0 },
    ...(internet && { agent: internet.agents }),
  });
  return {
    async send(url, { method = 'GET', headers = {}, body, signal, timeoutMs } = {}) {
      const raw = await instance(url, {
        method: method as 'POST',
        headers: { ...headers },
        ...(body !== undefined && { body: body as string }),
        ...(signal && { signal }),
        ...(timeoutMs && { timeout: { request: timeoutMs } }),
      }).catch((error: unknown) => error as Error);
      if (!(raw instanceof Error)) return { status: raw.statusCode, body: raw.body, raw };
      const { response } = raw as Partial<HTTPError>;
      if (!response || raw.name !== 'HTTPError') throw raw;
      return { status: response.statusCode, body: String(response.body), raw };
    },
    async [Symbol.asyncDispose]() {},
  };
}
