import { listRedirectTargets, type RedirectPorts } from '@magic-hour-keys/testing';
import { createHandWrittenProvider } from '../../unit/http/hand-written-provider.ts';
import type { ClientUnderTest } from './clients/client-under-test.ts';
import { redirectWhenAsked, startSmallInternet, type Arrival, type SmallInternet } from './small-internet.ts';

export const STATUSES: readonly number[] = [301, 302, 303, 307, 308];

type PortsOf = (internet: SmallInternet) => Required<RedirectPorts>;

/** Clients were seen to forget that 443 and 80 are not the same. */
export const PORT_CLASSES: readonly (readonly [name: string, portsOf: PortsOf])[] = [
  ['the default ports', () => ({ api: '', other: ':8443', plain: '' })],
  [
    'random ports',
    ({ ports }) => ({ api: `:${ports.secure}`, other: `:${ports.otherSecure}`, plain: `:${ports.plain}` }),
  ],
];

export interface RedirectCell {
  readonly kind: string;
  readonly status: number;
  /** What the client gave as the answer's status; undefined where it refused to go on. */
  readonly answered: number | undefined;
  /** The request that was redirected, and what came of that. */
  readonly arrivals: readonly Arrival[];
  /** Those of them that brought the key to an origin off the allow-list. */
  readonly leaks: readonly Arrival[];
}

export interface RedirectRun {
  readonly api: string;
  readonly authorization: string;
  readonly cells: readonly RedirectCell[];
}

/** Sends one request for each kind of redirect and each status to the API, which is at those ports. */
export async function sendThroughRedirects(client: ClientUnderTest, portsOf: PortsOf): Promise<RedirectRun> {
  await using internet = await startSmallInternet(redirectWhenAsked);
  const ports = portsOf(internet);
  const api = `https://api.magichour.ai${ports.api}`;
  const provider = createHandWrittenProvider();
  const authorization = `Bearer ${provider.current.reveal()}`;
  await using opened = await client.open(provider, { internet, allowedOrigins: [api] });
  const cells: RedirectCell[] = [];
  for (const [kind, target] of Object.entries(listRedirectTargets(ports))) {
    // node-fetch 3 throws where nobody can catch it.
    if (client.name.startsWith('node-fetch 3') && kind.endsWith('user name')) continue;
    for (const status of STATUSES) {
      // Some refuse the next hop; what counts is what arrives.
      const answer = await opened.send(urlTo(api, target, status)).catch(() => undefined);
      const arrivals = internet.takeArrivals();
      const leaks = arrivals.filter(
        (arrival) => arrival.at !== api && arrival.authorization === authorization,
      );
      cells.push({ kind, status, answered: answer?.status, arrivals, leaks });
    }
  }
  return { api, authorization, cells };
}

/** At the API, which answers with a redirect to the target. */
export function urlTo(origin: string, target: string, status: number): string {
  return `${origin}/go?${new URLSearchParams({ to: target, status: String(status) }).toString()}`;
}
