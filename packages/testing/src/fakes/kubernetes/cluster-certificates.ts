import { optionalImport } from '@magic-hour-keys/core/author';

/** In PEM. */
export interface ClientCertificate {
  readonly cert: string;
  readonly key: string;
}

export interface ClusterCertificates {
  /** The CA of the cluster, in PEM. */
  readonly ca: string;
  readonly server: ClientCertificate;
  /** A certificate by which a user logs in: its common name is the user, its organization the group. */
  issueClient(user: string, group: string): Promise<ClientCertificate>;
}

const DAY_MS = 24 * 60 * 60 * 1000;
const SHARED = { keyType: 'ec', algorithm: 'sha256' } as const;
const PACKAGE = { name: 'selfsigned', range: '^5.5.0' };

/** @throws KeyError `invalid_config` when the package `selfsigned` is not installed. */
export async function createClusterCertificates(): Promise<ClusterCertificates> {
  const { generate } = await optionalImport(() => import('selfsigned'), PACKAGE, {
    source: 'fake-kubernetes',
  });
  const authority = await generate([{ name: 'commonName', value: 'kubernetes' }], {
    ...SHARED,
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, critical: true },
    ],
  });

  async function issue(
    subject: { name: string; value: string }[],
    extensions: object[],
  ): Promise<ClientCertificate> {
    const made = await generate(subject, {
      ...SHARED,
      notBeforeDate: new Date(Date.now() - DAY_MS),
      notAfterDate: new Date(Date.now() + DAY_MS),
      extensions: extensions as never,
      ca: { key: authority.private, cert: authority.cert },
    });
    return { key: made.private, cert: made.cert };
  }

  return {
    ca: authority.cert,
    server: await issue(
      [{ name: 'commonName', value: 'kube-apiserver' }],
      [
        {
          name: 'subjectAltName',
          altNames: [
            { type: 7, ip: '127.0.0.1' },
            { type: 2, value: 'kubernetes.default.svc' },
          ],
        },
        { name: 'extKeyUsage', serverAuth: true },
      ],
    ),
    issueClient: (user, group) =>
      issue(
        [
          { name: 'commonName', value: user },
          { name: 'organizationName', value: group },
        ],
        [{ name: 'extKeyUsage', clientAuth: true }],
      ),
  };
}
