interface KubeconfigOptions {
  /** Of the context. Default none. */
  readonly namespace?: string;
  /** Members of the cluster, beside or in the place of its server and its authority. */
  readonly cluster?: object;
}

/** A kubeconfig with one context, `fake`. */
export function writeKubeconfig(
  { server, ca }: { readonly server: string; readonly ca: string },
  user: object,
  { namespace, cluster }: KubeconfigOptions = {},
): string {
  const place = {
    server,
    'certificate-authority-data': Buffer.from(ca).toString('base64'),
    ...cluster,
  };
  const context = { cluster: 'fake', user: 'fake', ...(namespace !== undefined && { namespace }) };
  // JSON is YAML.
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'fake', cluster: place }],
    users: [{ name: 'fake', user }],
    contexts: [{ name: 'fake', context }],
    'current-context': 'fake',
  });
}
