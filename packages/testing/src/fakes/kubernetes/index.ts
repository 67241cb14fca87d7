export { startFakeKubernetes } from './fake-kubernetes.ts';
export type { FakeKubernetes, FakeKubernetesOptions } from './fake-kubernetes.ts';
export type { FaultOptions } from '../fault-queue.ts';
export type { KubernetesFault } from './status-answers.ts';
export type { KubernetesAnswer } from './status-answers.ts';
export type { KubernetesControls, TokenOptions } from './kubernetes-controls.ts';
export type { PolicyRule } from './access-rules.ts';
export type { ClientCertificate } from './cluster-certificates.ts';
