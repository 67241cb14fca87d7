import type { BackendUnderFault } from './backend-under-fault.ts';
import { startAwsStore } from './backends/aws.ts';
import { startAzureStore } from './backends/azure.ts';
import { startGcpStore } from './backends/gcp.ts';
import { startKubernetesStore } from './backends/kubernetes.ts';
import { startHttpStore } from './backends/node-http.ts';
import { startVaultStore } from './backends/vault.ts';

export const BACKENDS: readonly BackendUnderFault[] = [
  { name: 'node:http', startStore: startHttpStore },
  { name: 'aws', startStore: startAwsStore },
  { name: 'azure', startStore: startAzureStore },
  { name: 'gcp grpc', startStore: startGcpStore('grpc') },
  { name: 'gcp rest', startStore: startGcpStore('rest') },
  { name: 'kubernetes', startStore: startKubernetesStore },
  { name: 'vault', startStore: startVaultStore },
];
