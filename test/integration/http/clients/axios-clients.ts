import { env } from 'node:process';
import axios, { AxiosError, type AxiosRequestConfig } from 'axios';
import axiosFloor from 'axios-1-16';
import type { KeyProvider } from '@magic-hour-keys/core';
import { bindAxios } from '@magic-hour-keys/http/axios';
import type { ClientUnderTest, OpenClient, OpenOptions } from './client-under-test.ts';

const VERSIONS = [
  ['axios 1.16', axiosFloor as unknown as typeof axios],
  ['axios 1.21', axios],
] as const;

export const axiosClients: readonly ClientUnderTest[] = VERSIONS.flatMap(([name, library]) => {
  const shared = { redirects: 'followed', readsWholeAnswers: true, keepsRequest: true } as const;
  return [
    {
      ...shared,
      name: `${name}, http adapter`,
      open: async (provider, options) => openClient(library, provider, options, { adapter: 'http' }),
    },
    {
      ...shared,
      name: `${name}, http adapter where proxies are set`,
      async open(provider, options) {
        const opened = openClient(library, provider, options, { adapter: 'http' });
        // Then axios may make agents of its own. The last variable keeps it from using a proxy that is not there.
        const proxy = 'http://127.0.0.1:9';
        const restore = setVariables({ HTTP_PROXY: proxy, HTTPS_PROXY: proxy, NO_PROXY: '*' });
        return { ...opened, [Symbol.asyncDispose]: async () => restore() };
      },
    },
    {
      ...shared,
      name: `${name}, fetch adapter`,
      onceBodies: [() => new Blob(['{}']).stream()],
      open: async (provider, options) => openClient(library, provider, options, { adapter: 'fetch' }),
    },
  ] satisfies ClientUnderTest[];
});

function openClient(
  library: typeof axios,
  provider: KeyProvider,
  options: OpenOptions,
  config: AxiosRequestConfig,
): OpenClient {
  const { internet } = options;
  const fetchThere: typeof fetch = (input, init) =>
    fetch(input, { ...init, dispatcher: internet?.dispatcher } as object);
  const instance = library.create({
    ...config,
    transformResponse: (data: string) => data,
    ...(internet && {
      httpAgent: internet.agents.http,
      httpsAgent: internet.agents.https,
      env: { fetch: fetchThere, Request, Response },
    }),
  } as AxiosRequestConfig);
  bindAxios(provider, instance, { ...options, getAdapter: library.getAdapter });
  return {
    async send(url, { method = 'GET', headers = {}, body, signal, timeoutMs } = {}) {
      const limits = { ...(signal && { signal }), ...(timeoutMs && { timeout: timeoutMs }) };
      const request = { url, method, headers: { ...headers }, data: body, ...limits };
      const raw = await instance.request(request).catch((error: unknown) => error as AxiosError);
      const answer = raw instanceof Error ? raw.response : raw;
      if (!answer) throw raw;
      return { status: answer.status, body: String(answer.data), raw };
    },
    async [Symbol.asyncDispose]() {},
  };
}

/** @returns what puts the former ones back. */
function setVariables(variables: Readonly<Record<string, string>>): () => void {
  const former = Object.keys(variables).map((name) => [name, env[name]] as const);
  Object.assign(env, variables);
  return () => {
    for (const [name, value] of former) {
      if (value === undefined) delete env[name];
      else env[name] = value;
    }
  };
}
