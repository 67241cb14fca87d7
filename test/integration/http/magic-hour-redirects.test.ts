import http from 'node:http';
import https from 'node:https';
import { afterEach, describe, expect, it } from 'vitest';
import { bindMagicHour } from '@magic-hour-keys/http/magic-hour';
import { listRedirectTargets, makeTestKey } from '@magic-hour-keys/testing';
import { createHandWrittenProvider } from '../../unit/http/hand-written-provider.ts';
import { magicHourClients } from './clients/magic-hour-clients.ts';
import { SDKS, type MagicHourClient } from './magic-hour-sdks.ts';
import { outcomeOf } from './magic-hour-world.ts';
import { PORT_CLASSES, sendThroughRedirects, STATUSES } from './redirect-table.ts';
import { redirectWhenAsked, startSmallInternet, type SmallInternet } from './small-internet.ts';

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
  it('gives me each redirect as an error with its status, and follows none', async () => {
    const row = magicHourClients.find(({ name }) => name === sdk.name)!;
    for (const [, portsOf] of PORT_CLASSES) {
      const { api, authorization, cells } = await sendThroughRedirects(row, portsOf);
      for (const { kind, status, answered, arrivals } of cells) {
        expect(answered, kind).toBe(status);
        expect(arrivals, kind).toEqual([{ at: api, method: 'GET', authorization }]);
      }
      expect(cells).toHaveLength(12 * STATUSES.length);
    }
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
