import { isIPv6 } from 'node:net';
import { isKeyError } from '@magic-hour-keys/core';
import type { KubernetesSettings } from '../options.ts';
import { SERVICE_ACCOUNT_FOLDER } from './auth-options.ts';
import type { ClusterLogin, LoginSource } from './cluster-login.ts';
import { loginError } from './login-error.ts';
import { readLoginFile } from './read-file.ts';

/**
 * The service account of the pod. Token and CA are read anew for each login: the kubelet replaces the token at 80 % of
 * its life, and client-node would go on for a minute with the one it has read.
 */
export function inClusterLogin(settings: KubernetesSettings, folder: string | undefined): LoginSource {
  const place = (folder ?? SERVICE_ACCOUNT_FOLDER).replace(/\/+$/, '');

  async function take(signal: AbortSignal): Promise<ClusterLogin> {
    const server = findServer(settings);
    const [token, ca, namespace] = await Promise.all([
      readLoginFile(
        { path: `${place}/token`, what: 'the token of the service account', code: 'unauthenticated' },
        settings,
        signal,
      ),
      readLoginFile(
        { path: `${place}/ca.crt`, what: 'the CA of the cluster', code: 'invalid_config' },
        settings,
        signal,
      ),
      readNamespace(`${place}/namespace`, settings, signal),
    ]);
    if (token === '') {
      throw loginError(
        settings,
        'unauthenticated',
        'the token of the service account is empty',
        `See ${place}/token.`,
      );
    }
    // The address is inside of the cluster, where no proxy of the way out leads to.
    return {
      server,
      headers: { authorization: `Bearer ${token}` },
      tls: { ca },
      proxies: {},
      namespace,
      warnings: [],
    };
  }

  return { take: ({ signal }) => take(signal), forget: () => undefined };
}

/** Whether this process runs in a pod. */
export function isInCluster(settings: KubernetesSettings): boolean {
  return settings.variable('KUBERNETES_SERVICE_HOST') !== undefined;
}

function findServer(settings: KubernetesSettings): string {
  const host = settings.variable('KUBERNETES_SERVICE_HOST');
  const port = settings.variable('KUBERNETES_SERVICE_PORT') ?? '443';
  if (host === undefined) {
    throw loginError(
      settings,
      'not_configured',
      'KUBERNETES_SERVICE_HOST is not set, as it is in every pod',
      'Run it in a pod, or choose another `auth.method`.',
    );
  }
  return `https://${isIPv6(host) ? `[${host}]` : host}:${port}`;
}

async function readNamespace(
  path: string,
  settings: KubernetesSettings,
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    const text = await readLoginFile(
      { path, what: 'the namespace of the pod', code: 'not_found' },
      settings,
      signal,
    );
    return text === '' ? undefined : text;
  } catch (error) {
    if (isKeyError(error) && error.code === 'not_found') return undefined;
    throw error;
  }
}
