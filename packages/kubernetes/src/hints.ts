import type { KeyErrorCode } from '@magic-hour-keys/core';
import type { KubernetesRefusal, RefusalReason } from './kubernetes-refusal.ts';
import type { KubernetesSettings } from './options.ts';

type Hint = (refusal: KubernetesRefusal, settings: KubernetesSettings) => string;

const BY_REASON: Readonly<Partial<Record<RefusalReason, Hint>>> = {
  Malformed: () =>
    'Something else than an API server answered. Check the server of the cluster, and proxies and balancers on the way.',
  Redirected: () =>
    'Something redirects, as login pages do, and the token was not sent there. Let the server of the cluster name the API server itself.',
  Anonymous: () =>
    'The login has neither token nor certificate. Choose a context that has one, see: kubectl auth whoami',
};

const BY_CODE: Readonly<Partial<Record<KeyErrorCode, Hint>>> = {
  not_found: hintNotFound,
  access_denied: hintDenied,
  unauthenticated: hintLogin,
  throttled: () =>
    'The API server limits this client (API priority and fairness). Mount the Secret instead, or lengthen `fresh` in the policy.',
  unavailable: () => 'The API server could not answer. See its state with: kubectl get --raw /readyz',
  invalid_config: () =>
    'The API server does not take the request. Check `name` and `namespace`, and the server of the cluster.',
};

/** What to do next, by name: the permission, the file, the command. */
export function hintFor(
  code: KeyErrorCode,
  refusal: KubernetesRefusal,
  settings: KubernetesSettings,
): string | undefined {
  const hint = (refusal.reason && BY_REASON[refusal.reason]) ?? BY_CODE[code];
  return hint?.(refusal, settings);
}

function hintNotFound(_: KubernetesRefusal, { name, namespace, key }: KubernetesSettings): string {
  return `Create it: kubectl ${inNamespace(namespace)}create secret generic ${name} --from-file=${key ?? 'api_key'}=/dev/stdin; or correct \`name\` and \`namespace\`.`;
}

/** The Role to paste, and who it is for. */
function hintDenied({ serviceAccount }: KubernetesRefusal, { name, namespace }: KubernetesSettings): string {
  const role = `magic-hour-${name}`;
  const rule = `{ apiGroups: [""], resources: ["secrets"], resourceNames: ["${name}"], verbs: ["get", "watch"] }`;
  const who = serviceAccount === undefined ? '--user=NAME' : `--serviceaccount=${serviceAccount}`;
  const kubectl = `kubectl ${inNamespace(namespace)}create`;
  return `The verb get on this secret is missing (watch is for change notices). Put this rule into a Role: ${rule}. Or run: ${kubectl} role ${role} --verb=get,watch --resource=secrets --resource-name=${name} && ${kubectl} rolebinding ${role} --role=${role} ${who}`;
}

function inNamespace(namespace: string | undefined): string {
  return namespace === undefined ? '' : `-n ${namespace} `;
}

function hintLogin(_: KubernetesRefusal, { auth, kubeConfig, client }: KubernetesSettings): string {
  if (client || kubeConfig) return 'The API server does not know the login that was given. Log in anew.';
  switch (auth.method) {
    case 'in-cluster':
      return 'The token of the pod was refused: it has ended, or the service account was deleted. Replace the pod, and see that its clock is right.';
    case 'kubeconfig':
      return 'The token or certificate of the kubeconfig was refused; most have an end. Log in anew, and see who you are with: kubectl auth whoami';
    case 'default':
      return 'The token or certificate was refused; most have an end. Log in anew, and see who you are with: kubectl auth whoami';
  }
}
