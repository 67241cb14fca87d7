import type { Transport } from '@magic-hour-keys/core/node';
import type { AzureSettings } from './options.ts';

/** Where the requests of one session go through. */
export interface Connections {
  readonly toVault: () => Transport;
  /** For the authority, and for the services of this machine that give out identities. */
  readonly toLogin: (url: URL) => Transport;
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
  const login = ca === undefined ? vault : createTransport({ ca: await besideUsualCas(ca) });
  const direct = createTransport({ environment: {} });
  return {
    toVault: () => vault,
    toLogin: (url) => (isOfThisMachine(url) ? direct : login),
    close() {
      for (const transport of [vault, login, direct]) transport.close();
    },
  };
}

/** The authority has a certificate of its own: a private vault is often used with the public one. */
async function besideUsualCas(ca: string): Promise<string> {
  const tls = await import('node:tls');
  // Newer Nodes also tell what NODE_EXTRA_CA_CERTS has added.
  const list = Reflect.get(tls, 'getCACertificates') as ((type: string) => readonly string[]) | undefined;
  return [ca, ...(list?.('default') ?? tls.rootCertificates)].join('\n');
}

/** Whoever gives out identities on the machine itself speaks plain http, which no authority does. No proxy reaches it. */
export function isOfThisMachine({ protocol }: URL): boolean {
  return protocol === 'http:';
}
