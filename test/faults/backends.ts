import type { BackendUnderFault } from './backend-under-fault.ts';
import { startAwsStore } from './backends/aws.ts';
import { startHttpStore } from './backends/node-http.ts';
import { startVaultStore } from './backends/vault.ts';

export const BACKENDS: readonly BackendUnderFault[] = [
  { name: 'node:http', startStore: startHttpStore },
  { name: 'aws', startStore: startAwsStore },
  { name: 'vault', startStore: startVaultStore },
];
