import { isLoopbackHost } from '@magic-hour-keys/core/node';
import { loginError } from '../auth/login-error.ts';
import type { KubernetesSettings } from '../options.ts';

/**
 * The address of an API server, without a slash at its end. http reaches this machine alone, where `kubectl proxy`
 * listens.
 *
 * @throws KeyError `invalid_config`
 */
export function checkServer(server: string, settings: KubernetesSettings): string {
  const url = URL.canParse(server) ? new URL(server) : undefined;
  const isWeb = url?.protocol === 'https:' || url?.protocol === 'http:';
  if (!url || !isWeb || url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    throw loginError(
      settings,
      'invalid_config',
      'the server of the cluster is not a URL such as https://10.0.0.1:6443',
      'Correct `clusters[].cluster.server` of the kubeconfig, or the variables KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT.',
    );
  }
  if (url.protocol === 'http:' && !isLoopbackHost(url.hostname)) {
    throw loginError(
      settings,
      'invalid_config',
      'the server of the cluster is http, by which token and key could be read on the way',
      'Use https; http only reaches this machine, as with kubectl proxy.',
    );
  }
  return `${url.origin}${url.pathname}`.replace(/\/+$/, '');
}
