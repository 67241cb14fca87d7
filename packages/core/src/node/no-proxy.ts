import { BlockList, isIP } from 'node:net';
import { isLoopbackHost } from './loopback-host.ts';

type Family = 'ipv4' | 'ipv6';

/**
 * Reads NO_PROXY as curl, Go and Python do: names with or without a leading dot or `*.` also cover what is below them,
 * a port limits an entry to that port, and addresses may be ranges such as `10.0.0.0/8`. `*` is everything. This
 * machine itself is never reached through a proxy.
 *
 * @returns whether a URL goes past the proxy
 */
export function createNoProxy(list: string): (url: URL) => boolean {
  const entries = list.split(/[\s,]+/).filter((entry) => entry !== '');
  const matchers = entries.map(matcherOf);
  return (url) => isLoopbackHost(url.hostname) || matchers.some((matches) => matches(url));
}

function matcherOf(entry: string): (url: URL) => boolean {
  if (entry === '*') return () => true;
  const [, address, bits] = /^\[?([\d.a-f:]+)\]?\/(\d{1,3})$/i.exec(entry) ?? [];
  if (address !== undefined && bits !== undefined) return rangeMatcher(address, Number(bits));
  const [, host = entry, port] = /^(.*[^:]|\[.*\]):(\d{1,5})$/.exec(entry) ?? [];
  const onPort = port !== undefined && isIP(entry) === 0;
  const name = bareName(onPort ? host : entry);
  return (url) => (!onPort || portOf(url) === Number(port)) && isBelow(bareName(url.hostname), name);
}

function rangeMatcher(address: string, bits: number): (url: URL) => boolean {
  const family = familyOf(address);
  if (!family || bits > (family === 'ipv4' ? 32 : 128)) return () => false;
  const range = new BlockList();
  range.addSubnet(address, bits, family);
  return (url) => {
    const host = bareName(url.hostname);
    return familyOf(host) === family && range.check(host, family);
  };
}

function familyOf(address: string): Family | undefined {
  const version = isIP(address);
  if (version === 0) return undefined;
  return version === 4 ? 'ipv4' : 'ipv6';
}

/** `.example.com`, `*.example.com`, `example.com.` and `[::1]` without what is around the name. */
function bareName(text: string): string {
  return text
    .toLowerCase()
    .replace(/^\*?\./, '')
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/\.$/, '');
}

function isBelow(host: string, name: string): boolean {
  return host === name || (isIP(host) === 0 && host.endsWith(`.${name}`));
}

function portOf(url: URL): number {
  return Number(url.port) || (url.protocol === 'https:' ? 443 : 80);
}
