import axios, { type AxiosRequestConfig } from 'axios';
import { got } from 'got';
import ky from 'ky';
import { ofetch } from 'ofetch';
import createOpenApiClient from 'openapi-fetch';
import { afterAll, describe, expect, it } from 'vitest';
import { createFetch } from '@magic-hour-keys/http';
import { bindAxios } from '@magic-hour-keys/http/axios';
import { createGotOptions } from '@magic-hour-keys/http/got';
import { makeTestKey } from '@magic-hour-keys/testing';
import {
  createHandWrittenProvider,
  type HandWrittenProvider,
} from '../../unit/http/hand-written-provider.ts';
import { createRecordingNetwork, type RecordingNetwork } from './recording-network.ts';

const BASE = 'https://api.magichour.ai';
const API = 'TLS to api.magichour.ai port 443';

/** Paths that lead away from the base for one helper or another. */
const PATHS = [
  ...[
    '//evil.test/x',
    '///evil.test/x',
    '\\\\evil.test/x',
    '/\\evil.test/x',
    '\\/evil.test/x',
    '/\t/evil.test/x',
  ],
  ...[
    'https://evil.test/x',
    'HTTPS://evil.test/x',
    'http:evil.test/x',
    'https:evil.test',
    'http://api.magichour.ai/x',
  ],
  ...[
    ' //evil.test/x',
    ' https://evil.test/x',
    '\thttps://evil.test/x',
    'ht\ntps://evil.test/x',
    '\n//evil.test/x',
  ],
  ...[
    '.evil.test/x',
    '@evil.test/x',
    ':8443/x',
    ':@evil.test/x',
    '/../..//evil.test',
    '?@evil.test',
    '#@evil.test',
  ],
];
/** Paths that don't. */
const GOOD_PATHS = ['/v1/x', '/v1/x?next=https://evil.test/', '/v1/@evil.test', '/v1//evil.test'];

type Send = (path: string) => Promise<unknown>;
type Helper = (provider: HandWrittenProvider, network: RecordingNetwork) => Send;

function fetchOver(provider: HandWrittenProvider, { dispatcher }: RecordingNetwork): typeof fetch {
  const base: typeof fetch = (input, init) => fetch(input, { ...init, dispatcher } as object);
  return createFetch(provider, { fetch: base });
}

const HELPERS: Readonly<Record<string, Helper>> = {
  'axios baseURL': (provider, { agents }) => {
    const config: AxiosRequestConfig = { adapter: 'http', httpAgent: agents.http, httpsAgent: agents.https };
    const api = axios.create({ ...config, baseURL: BASE, validateStatus: null });
    bindAxios(provider, api, { getAdapter: axios.getAdapter });
    return (path) => api.get(path);
  },
  'got prefixUrl': (provider, { agents }) => {
    const api = got.extend(
      { prefixUrl: BASE, agent: agents, retry: { limit: 0 } },
      createGotOptions(provider),
    );
    // It takes no slash at the beginning.
    return (path) => api(path.replace(/^\//, ''));
  },
  'ky prefixUrl': (provider, network) => {
    const api = ky.extend({ prefixUrl: BASE, retry: 0, fetch: fetchOver(provider, network) });
    return async (path) => api(path.replace(/^\//, '')).text();
  },
  'ofetch baseURL': (provider, network) => {
    const api = ofetch.create({ baseURL: BASE, retry: 0 }, { fetch: fetchOver(provider, network) });
    return (path) => api(path);
  },
  'openapi-fetch baseUrl': (provider, network) => {
    const api = createOpenApiClient<Record<string, Record<'get', never>>>({
      baseUrl: BASE,
      fetch: fetchOver(provider, network),
    });
    return (path) => api.GET(path as never, {} as never);
  },
  'new URL(path, base)': (provider, network) => {
    const keyed = fetchOver(provider, network);
    return async (path) => keyed(new URL(path, BASE));
  },
  'base + path': (provider, network) => {
    const keyed = fetchOver(provider, network);
    return (path) => keyed(BASE + path);
  },
};

const totals = { sent: 0, withKey: 0, bypasses: 0 };
afterAll(() => {
  const { sent, withKey, bypasses } = totals;
  console.log(
    `base URLs: ${sent} hostile paths, ${withKey} sent to the API, keys off the allow-list: ${bypasses}`,
  );
});

describe.each(Object.entries(HELPERS))('%s', (_, helper) => {
  it('takes the key to the API alone, wherever a path leads', async () => {
    await using network = createRecordingNetwork();
    const provider = createHandWrittenProvider();
    const send = helper(provider, network);
    for (const path of PATHS) {
      await send(path).catch(() => undefined);
      const keyed = network.takeContacts().filter(({ authorization }) => authorization !== undefined);
      const bypasses = keyed.filter(({ socket }) => socket !== API);
      totals.sent += 1;
      totals.withKey += keyed.length;
      totals.bypasses += bypasses.length;
      expect(bypasses, JSON.stringify(path)).toEqual([]);
    }
  });

  it.each(GOOD_PATHS)('takes it along to %s', async (path) => {
    await using network = createRecordingNetwork();
    const provider = createHandWrittenProvider();
    await helper(provider, network)(path).catch(() => undefined);
    const authorization = `Bearer ${provider.current.reveal()}`;
    expect(network.takeContacts()).toEqual([{ socket: API, authorization }]);
  });
});

it('takes a header that people set for all requests elsewhere, so the paths are hostile enough', async () => {
  await using network = createRecordingNetwork();
  const { agents } = network;
  const headers = { authorization: `Bearer ${makeTestKey()}` };
  const config: AxiosRequestConfig = { adapter: 'http', httpAgent: agents.http, httpsAgent: agents.https };
  const senders: readonly Send[] = [
    (path) => axios.get(path, { ...config, baseURL: BASE, headers }),
    async (path) => got(new URL(path, BASE), { headers, agent: agents, retry: { limit: 0 } }),
  ];
  for (const send of senders) {
    for (const path of PATHS) await send(path).catch(() => undefined);
    const bypasses = network
      .takeContacts()
      .filter(({ socket, authorization }) => authorization !== undefined && socket !== API);
    expect(bypasses.length).toBeGreaterThan(2);
  }
});
