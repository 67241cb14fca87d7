import type { ProxyEnvironment } from './proxy.ts';

/** A proxy without its password. */
export interface ProxyAddress {
  readonly isSecure: boolean;
  readonly hostname: string;
  readonly port: number;
}

/**
 * Which proxy a transport sends a URL through, for whoever wants to show the way.
 *
 * @param environment default `process.env`
 * @returns undefined where the URL is asked straight
 * @throws TransportError `INVALID_PROXY`
 */
export async function findProxy(
  url: string | URL,
  environment: ProxyEnvironment = process.env,
): Promise<ProxyAddress | undefined> {
  // Loaded here, because node:net takes longer to load than all the rest of this entry.
  const { createProxyFinder } = await import('./proxy.ts');
  const proxy = createProxyFinder(environment)(new URL(url));
  if (!proxy) return undefined;
  const { isSecure, hostname, port } = proxy;
  return { isSecure, hostname, port };
}
