import { connect as connectTcp, isIP } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { ReachFacts } from './facts.ts';

const LIMIT_MS = 3000;

/** Connects, measures each step, and hangs up. No request is sent. */
export async function reachHost({ hostname, port, protocol }: URL): Promise<ReachFacts> {
  const host = hostname.replaceAll(/^\[|\]$/g, '');
  const isSecure = protocol === 'https:';
  const began = performance.now();
  const at: { lookup?: number; connect?: number; secureConnect?: number } = {};
  await new Promise<void>((resolve) => {
    const options = { host, port: Number(port) || (isSecure ? 443 : 80) };
    const socket = isSecure
      ? connectTls({ ...options, ...(isIP(host) === 0 && { servername: host }) })
      : connectTcp(options);
    const end = (): void => {
      socket.destroy();
      resolve();
    };
    socket.setTimeout(LIMIT_MS, end);
    socket.once('error', end);
    for (const event of ['lookup', 'connect', 'secureConnect'] as const) {
      socket.once(event, () => {
        at[event] = performance.now();
        if (event === (isSecure ? 'secureConnect' : 'connect')) end();
      });
    }
  });
  const looked = at.lookup ?? began;
  return {
    host,
    dnsMs: since(began, at.lookup),
    connectMs: since(looked, at.connect),
    tlsMs: since(at.connect ?? looked, at.secureConnect),
  };
}

function since(began: number, ended: number | undefined): number | undefined {
  return ended === undefined ? undefined : Math.round(ended - began);
}
