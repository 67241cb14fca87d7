import * as tls from 'node:tls';
import type { TlsSettings } from './transport.ts';

/** What an https proxy must prove. The CA of the store may be that of the proxy too, but need not be. */
export interface ProxyTrust {
  readonly ca?: string[] | undefined;
  readonly rejectUnauthorized: true;
}

/** Node has one list, which `ca` replaces; so the usual CAs are put back beside the given one. */
export function createProxyTrust({ ca }: TlsSettings): () => ProxyTrust {
  let usual: readonly string[] | undefined;
  return () => {
    if (ca === undefined) return { rejectUnauthorized: true };
    usual ??= usualCertificates();
    return { ca: [...usual, ca], rejectUnauthorized: true };
  };
}

/** From Node 22.15 on with those of NODE_EXTRA_CA_CERTS. */
function usualCertificates(): readonly string[] {
  const newer = tls as { readonly getCACertificates?: (type: 'default') => readonly string[] };
  return newer.getCACertificates?.('default') ?? tls.rootCertificates;
}
