import { access } from 'node:fs/promises';
import type { LoadClientNode } from '../api/load-client-node.ts';
import type { KubernetesSettings } from '../options.ts';
import type { LoginSource } from './cluster-login.ts';
import { givenLogin } from './given-kubeconfig.ts';
import { inClusterLogin, isInCluster } from './in-cluster.ts';
import { kubeconfigLogin } from './kubeconfig.ts';
import { kubeconfigPaths } from './load-kubeconfig.ts';
import { loginError } from './login-error.ts';
import { resolvePath } from './read-file.ts';

export function createLogin(settings: KubernetesSettings, load: LoadClientNode): LoginSource {
  const { auth, kubeConfig } = settings;
  if (kubeConfig) return givenLogin(kubeConfig, settings);
  switch (auth.method) {
    case 'in-cluster':
      return inClusterLogin(settings, auth.folder);
    case 'kubeconfig':
      return kubeconfigLogin(settings, auth, load);
    case 'default':
      return defaultLogin(settings, load);
  }
}

/**
 * A kubeconfig where there is one, else the pod's account: the order of client-node. But where there is neither,
 * client-node would ask http://localhost:8080, and whoever listens there would be believed.
 */
function defaultLogin(settings: KubernetesSettings, load: LoadClientNode): LoginSource {
  const kubeconfig = kubeconfigLogin(settings, {}, load);
  const inCluster = inClusterLogin(settings, undefined);
  return {
    async take(context) {
      if (settings.variable('KUBECONFIG') !== undefined || (await hasKubeconfig(settings))) {
        return kubeconfig.take(context);
      }
      if (isInCluster(settings)) return inCluster.take(context);
      throw loginError(
        settings,
        'not_configured',
        'there is no kubeconfig, and this is no pod',
        'Set KUBECONFIG, or run it in a pod; in a pod a mounted Secret needs no login: option `mountPath`.',
      );
    },
    forget: () => kubeconfig.forget(),
  };
}

async function hasKubeconfig(settings: KubernetesSettings): Promise<boolean> {
  const found = await Promise.all(
    kubeconfigPaths(settings).map((path) =>
      access(resolvePath(path, settings)).then(
        () => true,
        () => false,
      ),
    ),
  );
  return found.includes(true);
}
