export type { InClusterAuth, KubeconfigAuth, KubernetesAuth } from './auth/auth-options.ts';
export type { KubernetesClient, KubernetesConfig, KubernetesOptions } from './options.ts';
export { kubernetesKeyProvider, kubernetesKeySource } from './source.ts';
