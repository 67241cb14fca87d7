import { optionalImport } from '@magic-hour-keys/core/author';

/** In PEM. */
export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

export type CertificateKind = 'valid' | 'expired' | 'wrong-host' | 'self-signed';

export interface Certificates {
  /** The authority that a client has to trust, in PEM. */
  readonly ca: string;
  issue(kind: CertificateKind): Promise<Certificate>;
}

const DAY_MS = 24 * 60 * 60 * 1000;
const PACKAGE = { name: 'selfsigned', range: '^5.5.0' };

/**
 * Certificates for 127.0.0.1 from an authority that exists only as long as this object, so that no key lies in any
 * repository.
 *
 * @throws KeyError `invalid_config` when the package `selfsigned` is not installed.
 */
export async function createCertificates(): Promise<Certificates> {
  const { generate } = await optionalImport(() => import('selfsigned'), PACKAGE, { source: 'fault-proxy' });
  const shared = { keyType: 'ec', algorithm: 'sha256' } as const;
  const authority = await generate(nameOf('Fault proxy test authority'), {
    ...shared,
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, critical: true },
    ],
  });

  async function issue(kind: CertificateKind): Promise<Certificate> {
    const host = kind === 'wrong-host' ? 'another-host.example' : '127.0.0.1';
    const endMs = Date.now() + (kind === 'expired' ? -DAY_MS : DAY_MS);
    const made = await generate(nameOf(host), {
      ...shared,
      notBeforeDate: new Date(endMs - 30 * DAY_MS),
      notAfterDate: new Date(endMs),
      extensions: [
        { name: 'subjectAltName', altNames: [alternativeName(host)] },
        { name: 'extKeyUsage', serverAuth: true },
      ],
      ...(kind !== 'self-signed' && { ca: { key: authority.private, cert: authority.cert } }),
    });
    return { key: made.private, cert: made.cert };
  }

  return { ca: authority.cert, issue };
}

function nameOf(host: string): { name: string; value: string }[] {
  return [{ name: 'commonName', value: host }];
}

function alternativeName(host: string): { type: 2; value: string } | { type: 7; ip: string } {
  return host.endsWith('.example') ? { type: 2, value: host } : { type: 7, ip: host };
}
