import type { Transport, TransportRequest, TransportResponse } from '@magic-hour-keys/core/node';
import type { AzureSettings } from './options.ts';
import { isPublicAuthority } from './vault-url.ts';

export type Send = (request: TransportRequest & { readonly url: URL }) => Promise<TransportResponse>;

/** Where the requests of one session go through. */
export interface Connections {
  readonly toVault: Send;
  /** For the authority, and for the services of this machine that give out identities. */
  readonly toLogin: Send;
  /** Ends every request and every connection. */
  close(): void;
}

export async function openConnections(settings: AzureSettings): Promise<Connections> {
  const { createTransport, readCaFile } = await import('@magic-hour-keys/core/node');
  const { caFile, location, cwd } = settings;
  const where = { source: 'azure', location };
  const ca =
    caFile === undefined ? undefined : await readCaFile(caFile, 'the option `caFile`', { where, cwd });
  const vault = createTransport({ ca });
  const login = ca === undefined ? vault : createTransport({ ca: await loginCas(ca, settings) });
  const local = createLocalSender(() => createTransport({ environment: {} }));
  return {
    toVault: (request) => vault.request(request),
    toLogin: (request) => (isOfThisMachine(request.url) ? local.send(request) : login.request(request)),
    close() {
      vault.close();
      login.close();
      local.close();
    },
  };
}

/**
 * The SDK keeps the first way to the service of the machine that a process ever had, and uses it for every login to
 * come, also those of other sessions (measured: msal-node 3.8). So this one can still be used after it was closed.
 */
function createLocalSender(create: () => Transport): { readonly send: Send; readonly close: () => void } {
  const open = new Set<Transport>();
  return {
    async send(request) {
      const transport = create();
      open.add(transport);
      try {
        return await transport.request(request);
      } finally {
        open.delete(transport);
        transport.close();
      }
    },
    close() {
      for (const transport of open) transport.close();
    },
  };
}

/** A private vault is often used with the public authority, which has a certificate of the usual CAs. */
async function loginCas(ca: string, { authorityHost }: AzureSettings): Promise<string> {
  // To read all of the usual ones takes some 40 ms.
  if (authorityHost !== undefined && !isPublicAuthority(authorityHost)) return ca;
  const tls = await import('node:tls');
  // Newer Nodes also tell what NODE_EXTRA_CA_CERTS has added.
  const list = Reflect.get(tls, 'getCACertificates') as ((type: string) => readonly string[]) | undefined;
  return [ca, ...(list?.('default') ?? tls.rootCertificates)].join('\n');
}

/** Whoever gives out identities on the machine itself speaks plain http, which no authority does. No proxy reaches it. */
export function isOfThisMachine({ protocol }: URL): boolean {
  return protocol === 'http:';
}
