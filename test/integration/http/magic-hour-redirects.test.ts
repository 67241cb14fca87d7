import http from 'node:http';
import https from 'node:https';
import { afterEach, describe, expect, it } from 'vitest';
import { bindMagicHour } from '@magic-hour-keys/http/magic-hour';
import { listRedirectTargets, makeTestKey } from '@magic-hour-keys/testing';
import { createHandWrittenProvider } from '../../unit/http/hand-written-provider.ts';
import { SDKS, type MagicHourClient } from './magic-hour-sdks.ts';
import { outcomeOf, statusOf } from './magic-hour-world.ts';
import { redirectWhenAsked, startSmallInternet, type SmallInternet } from './small-internet.ts';

const STATUSES = [301, 302, 303, 307, 308];
const PORTS: readonly (readonly [
  string,
  (internet: SmallInternet) => Record<'api' | 'other' | 'plain', string>,
])[] = [
  ['the default ports', () => ({ api: '', other: ':8443', plain: '' })],
  [
    'random ports',
    ({ ports }) => ({ api: `:${ports.secure}`, other: `:${ports.otherSecure}`, plain: `:${ports.plain}` }),
  ],
];
const own = { http: http.globalAgent, https: https.globalAgent };

afterEach(() => {
  http.globalAgent = own.http;
  https.globalAgent = own.https;
});

/** The SDK takes no agent, so every host and port of the world is put behind those of the process. */
async function enterSmallInternet(): Promise<SmallInternet> {
  const internet = await startSmallInternet(redirectWhenAsked);
  http.globalAgent = internet.agents.http;
  https.globalAgent = internet.agents.https;
  return internet;
}

/** Asks for a project, with a query that makes the server answer with a redirect. */
function askThere(client: MagicHourClient, to: string, status: number): PromiseLike<unknown> {
  const core = Reflect.get(client, '_client') as { makeRequest(config: object): PromiseLike<unknown> };
  const additionalQuery = { to, status: String(status) };
  return core.makeRequest({ method: 'get', path: '/go', auth: ['bearerAuth'], opts: { additionalQuery } });
}

describe.each(SDKS)('$name', (sdk) => {
  it.each(PORTS)('follows no redirect, and the key stays at the API, on %s', async (_, portsOf) => {
    await using internet = await enterSmallInternet();
    const ports = portsOf(internet);
    const api = `https://api.magichour.ai${ports.api}`;
    const provider = createHandWrittenProvider();
    const client = new sdk.default({ baseUrl: api });
    bindMagicHour(provider, client, { allowedOrigins: [api] });
    const targets = { ...listRedirectTargets(ports), 'the API itself': `${api}/next` };
    for (const [kind, target] of Object.entries(targets)) {
      for (const status of STATUSES) {
        expect(await statusOf(askThere(client, target, status)), kind).toBe(status);
        expect(internet.takeArrivals(), kind).toEqual([
          { at: api, method: 'GET', authorization: `Bearer ${provider.current.reveal()}` },
        ]);
      }
    }
    expect(Object.keys(targets)).toHaveLength(12 + 1);
  });

  it('takes a `token` along to other ports and subdomains, so this is no idle caution', async () => {
    await using internet = await enterSmallInternet();
    const token = makeTestKey();
    const client = new sdk.default({ token });
    const leaks: string[] = [];
    for (const [kind, target] of Object.entries(listRedirectTargets())) {
      await outcomeOf(askThere(client, target, 302));
      const others = internet.takeArrivals().filter(({ at }) => at !== 'https://api.magichour.ai');
      if (others.some(({ authorization }) => authorization === `Bearer ${token}`)) leaks.push(kind);
    }
    expect(leaks).toEqual(expect.arrayContaining(['another port', 'a subdomain']));
  });

  it('sends the key to the real origin by default, and to no agent that leads elsewhere', async () => {
    await using internet = await enterSmallInternet();
    const provider = createHandWrittenProvider();
    const client = new sdk.default();
    bindMagicHour(provider, client);
    await outcomeOf(client.v1.imageProjects.get({ id: 'x' }));
    const authorization = `Bearer ${provider.current.reveal()}`;
    expect(internet.takeArrivals()).toEqual([
      { at: 'https://api.magichour.ai', method: 'GET', authorization },
    ]);
    // The options of an agent win over those of its requests.
    Object.assign(internet.agents.https, { options: { host: 'evil.test', port: 443 } });
    await outcomeOf(client.v1.imageProjects.get({ id: 'x' }));
    expect(internet.takeArrivals()).toMatchObject([{ authorization: undefined }]);
  });
});
