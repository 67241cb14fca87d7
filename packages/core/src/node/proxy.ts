import { createNoProxy } from './no-proxy.ts';
import { createTransportError } from './transport-error.ts';

export type ProxyEnvironment = Readonly<Record<string, string | undefined>>;

export interface Proxy {
  readonly isSecure: boolean;
  readonly hostname: string;
  readonly port: number;
  /** The header `Proxy-Authorization`, where the address has a user and a password. A secret. */
  readonly authorization: string | undefined;
}

/**
 * Which proxy a URL is sent through, after `HTTPS_PROXY` or `HTTP_PROXY` (by the scheme of the URL) and `NO_PROXY`. The
 * lower-case names win, as with curl. There is no proxy for this machine itself.
 *
 * @throws TransportError `INVALID_PROXY`, when a URL needs the variable that is wrong
 */
export function createProxyFinder(environment: ProxyEnvironment): (url: URL) => Proxy | undefined {
  const passesBy = createNoProxy(lookUp(environment, 'no_proxy') ?? '');
  return (url) => {
    const text = lookUp(environment, url.protocol === 'https:' ? 'https_proxy' : 'http_proxy');
    return text === undefined || passesBy(url) ? undefined : parseProxy(text);
  };
}

function lookUp(
  environment: ProxyEnvironment,
  name: 'no_proxy' | 'https_proxy' | 'http_proxy',
): string | undefined {
  const upper = name.toUpperCase();
  // In a CGI process HTTP_PROXY is what a client sent in the header `Proxy` (CVE-2016-5385).
  const isForged = upper === 'HTTP_PROXY' && environment['REQUEST_METHOD'] !== undefined;
  const text = environment[name] ?? (isForged ? undefined : environment[upper]);
  return text === undefined || text.trim() === '' ? undefined : text.trim();
}

function parseProxy(text: string): Proxy {
  const address = /^[a-z][a-z\d+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  if (!URL.canParse(address)) throw createTransportError('INVALID_PROXY');
  const url = new URL(address);
  const isSecure = url.protocol === 'https:';
  if (!isSecure && url.protocol !== 'http:') throw createTransportError('INVALID_PROXY');
  return {
    isSecure,
    hostname: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: Number(url.port) || (isSecure ? 443 : 80),
    authorization: basicAuthorization(url),
  };
}

function basicAuthorization({ username, password }: URL): string | undefined {
  if (username === '' && password === '') return undefined;
  const credentials = `${decode(username)}:${decode(password)}`;
  return `Basic ${Buffer.from(credentials).toString('base64')}`;
}

/** A lone `%` in a password is taken as it is. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
