/** How to log in to the API server. No secret stands here: tokens are in files, or come from a plugin. */
export type KubernetesAuth = { readonly method: 'default' } | InClusterAuth | KubeconfigAuth;

/** The service account of the pod. Its token is read anew each time, because the kubelet replaces it. */
export interface InClusterAuth {
  readonly method: 'in-cluster';
  /** The folder with `token`, `ca.crt` and `namespace`. Default where every pod has it. */
  readonly folder?: string | undefined;
}

/** As kubectl logs in. The files are read anew each time. */
export interface KubeconfigAuth {
  readonly method: 'kubeconfig';
  /** Default: the files in `KUBECONFIG`, else `~/.kube/config`. */
  readonly file?: string | undefined;
  /** Default: the current context of the file. */
  readonly context?: string | undefined;
  /** Run the program that the kubeconfig names for logging in, such as `aws eks get-token`. Default false. */
  readonly allowExec?: boolean | undefined;
}

export const AUTH_METHODS: readonly KubernetesAuth['method'][] = ['default', 'in-cluster', 'kubeconfig'];
export const SERVICE_ACCOUNT_FOLDER = '/var/run/secrets/kubernetes.io/serviceaccount';
