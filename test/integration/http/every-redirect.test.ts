import { got } from 'got';
import { Agent, request } from 'undici';
import { describe, expect, it } from 'vitest';
import { makeTestKey } from '@magic-hour-keys/testing';
import { createHandWrittenProvider } from '../../unit/http/hand-written-provider.ts';
import { ALL_CLIENTS } from './clients/all-clients.ts';
import { redirectWhenAsked, startSmallInternet, type SmallInternet } from './small-internet.ts';

/** What stands behind a host, such as `:41234`. */
interface Ports {
  readonly api: string;
  readonly other: string;
  readonly plain: string;
}

const PORTS: readonly (readonly [string, (internet: SmallInternet) => Ports])[] = [
  ['the default ports', () => ({ api: '', other: ':8443', plain: '' })],
  [
    'random ports',
    ({ ports }) => ({ api: `:${ports.secure}`, other: `:${ports.otherSecure}`, plain: `:${ports.plain}` }),
  ],
];

/** Where an API, or somebody who speaks for it, could send a client that is no place for the key. */
const KINDS: Readonly<Record<string, (ports: Ports) => string>> = {
  'another port': ({ other }) => `https://api.magichour.ai${other}/next`,
  'another host': ({ api }) => `https://evil.test${api}/next`,
  'a subdomain': ({ api }) => `https://files.api.magichour.ai${api}/next`,
  'the parent domain': ({ api }) => `https://magichour.ai${api}/next`,
  'a sibling': ({ api }) => `https://files.magichour.ai${api}/next`,
  'a host that begins like the API': ({ api }) => `https://api.magichour.ai.evil.test${api}/next`,
  'the same host with a dot at its end': ({ api }) => `https://api.magichour.ai.${api}/next`,
  'the same host over plain http': ({ plain }) => `http://api.magichour.ai${plain}/next`,
  'another host over plain http': ({ plain }) => `http://evil.test${plain}/next`,
  'another host, without a scheme': ({ api }) => `//evil.test${api}/next`,
  'another host, with the API as user name': ({ api }) => `https://api.magichour.ai@evil.test${api}/next`,
  'another host, and back': ({ api }) =>
    `https://evil.test${api}/go?to=${encodeURIComponent(`https://api.magichour.ai${api}/next`)}`,
};
const STATUSES = [301, 302, 303, 307, 308];

function urlTo(origin: string, target: string, status: number): string {
  return `${origin}/go?${new URLSearchParams({ to: target, status: String(status) }).toString()}`;
}

describe.each(PORTS)('on %s', (_, portsOf) => {
  it.each(ALL_CLIENTS)('no redirect takes the key away from the API: $name', async (client) => {
    await using internet = await startSmallInternet(redirectWhenAsked);
    const ports = portsOf(internet);
    const api = `https://api.magichour.ai${ports.api}`;
    const provider = createHandWrittenProvider();
    await using opened = await client.open(provider, { internet, allowedOrigins: [api] });
    let followed = 0;
    for (const [kind, targetOf] of Object.entries(KINDS)) {
      // node-fetch 3 throws where nobody can catch it.
      if (client.name.startsWith('node-fetch 3') && kind.endsWith('user name')) continue;
      for (const status of STATUSES) {
        const before = internet.arrivals.length;
        // Some refuse the next hop; what counts is what arrives.
        await opened.send(urlTo(api, targetOf(ports), status)).catch(() => undefined);
        const [first, ...others] = internet.arrivals.slice(before);
        const authorization = `Bearer ${provider.current.reveal()}`;
        expect(first, kind).toMatchObject({ at: api, authorization });
        const leaks = others.filter(
          (arrival) => arrival.at !== api && arrival.authorization === authorization,
        );
        expect(leaks, `${kind}, ${status}`).toEqual([]);
        followed += others.length;
        if (client.redirects === 'given') expect(others, kind).toEqual([]);
      }
    }
    // Some kinds are refused by some clients; most are followed by most.
    expect(followed > 30).toBe(client.redirects === 'followed');
  });

  it.each(ALL_CLIENTS.filter(({ redirects }) => redirects === 'followed'))(
    'a redirect within the API is followed with the key: $name',
    async (client) => {
      await using internet = await startSmallInternet(redirectWhenAsked);
      const api = `https://api.magichour.ai${portsOf(internet).api}`;
      const provider = createHandWrittenProvider();
      await using opened = await client.open(provider, { internet, allowedOrigins: [api] });
      const authorization = `Bearer ${provider.current.reveal()}`;
      for (const target of ['/next', `${api}/next`]) {
        await expect(opened.send(urlTo(api, target, 302))).resolves.toHaveProperty('status', 200);
      }
      expect(internet.arrivals).toMatchObject(Array.from({ length: 4 }, () => ({ at: api, authorization })));
    },
  );

  // The fetch adapter of axios does not tell where an answer came from: that costs a read of the store.
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
    for (const targetOf of Object.values(KINDS)) {
      const url = urlTo(api, targetOf(ports), 302);
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
