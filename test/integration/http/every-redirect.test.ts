import { got } from 'got';
import { Agent, request } from 'undici';
import { afterAll, describe, expect, it } from 'vitest';
import { listRedirectTargets, makeTestKey } from '@magic-hour-keys/testing';
import { createHandWrittenProvider } from '../../unit/http/hand-written-provider.ts';
import { ALL_CLIENTS, ALL_CLIENTS_AND_SDKS } from './clients/all-clients.ts';
import { PORT_CLASSES, sendThroughRedirects, STATUSES, urlTo } from './redirect-table.ts';
import { redirectWhenAsked, startSmallInternet, type SmallInternet } from './small-internet.ts';

const tally = { cells: 0, hops: 0, leaks: 0 };

afterAll(() => {
  const { cells, hops, leaks } = tally;
  const rows = `${ALL_CLIENTS_AND_SDKS.length} clients × 12 kinds × ${STATUSES.length} statuses`;
  console.log(
    `redirects: ${rows} × ${PORT_CLASSES.length} port classes, ${cells} cells, ${hops} hops followed, keys off the allow-list: ${leaks}`,
  );
});

describe.each(PORT_CLASSES)('on %s', (_, portsOf) => {
  it.each(ALL_CLIENTS_AND_SDKS)('no redirect takes the key away from the API: $name', async (client) => {
    const { api, authorization, cells } = await sendThroughRedirects(client, portsOf);
    const followed = cells.flatMap(({ arrivals }) => arrivals.slice(1));
    tally.cells += cells.length;
    tally.hops += followed.length;
    tally.leaks += cells.flatMap(({ leaks }) => leaks).length;
    for (const { kind, status, arrivals, leaks } of cells) {
      expect(leaks, `${kind}, ${status}`).toEqual([]);
      expect(arrivals[0], kind).toMatchObject({ at: api, authorization });
      if (client.redirects === 'given') expect(arrivals, kind).toHaveLength(1);
    }
    expect(new Set(cells.map(({ kind }) => kind)).size).toBeGreaterThanOrEqual(11);
    // Some kinds are refused by some clients; most are followed by most.
    expect(followed.length > 30).toBe(client.redirects === 'followed');
  });

  it.each(
    ALL_CLIENTS.filter(({ name, redirects }) => redirects === 'followed' && !/fetch adapter/.test(name)),
  )('a 401 of another origin says nothing about the key: $name', async (client) => {
    await using internet = await startSmallInternet((arrived, response) => {
      if (arrived.path.startsWith('/next')) response.statusCode = 401;
      redirectWhenAsked(arrived, response);
    });
    const ports = portsOf(internet);
    const api = `https://api.magichour.ai${ports.api}`;
    const provider = createHandWrittenProvider();
    await using opened = await client.open(provider, { internet, allowedOrigins: [api] });
    const answer = await opened.send(urlTo(api, `https://evil.test${ports.api}/next`, 302));
    expect(answer.status).toBe(401);
    expect(internet.arrivals).toHaveLength(2);
    expect(provider.refused).toEqual([]);
  });

  it('takes the key along in hooks and interceptors as people write them, so this is no idle caution', async () => {
    await using internet = await startSmallInternet(redirectWhenAsked);
    const ports = portsOf(internet);
    const api = `https://api.magichour.ai${ports.api}`;
    const authorization = `Bearer ${makeTestKey()}`;
    const hooked = got.extend({
      agent: internet.agents,
      hooks: { beforeRequest: [(options) => void (options.headers['authorization'] = authorization)] },
    });
    const leaky = new Agent({ connect: internet.connect }).compose(
      (dispatch) => (options, handler) => dispatch({ ...options, headers: { authorization } }, handler),
      (await import('undici')).interceptors.redirect({ maxRedirections: 5 }),
    );
    const leaks = { got: 0, undici: 0 };
    for (const target of Object.values(listRedirectTargets(ports))) {
      const url = urlTo(api, target, 302);
      await hooked(url).catch(() => undefined);
      if (hasLeft(internet, api, authorization)) leaks.got += 1;
      await request(url, { dispatcher: leaky }).catch(() => undefined);
      if (hasLeft(internet, api, authorization)) leaks.undici += 1;
    }
    expect(leaks).toEqual({ got: 12, undici: 12 });
    await leaky.destroy();
  });
});

/** Forgets what it has looked at. */
function hasLeft(internet: SmallInternet, api: string, authorization: string): boolean {
  const seen = internet.takeArrivals();
  return seen.some((arrival) => arrival.at !== api && arrival.authorization === authorization);
}
