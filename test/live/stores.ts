import { awsDefinition } from '@magic-hour-keys/aws/definition';
import { azureDefinition } from '@magic-hour-keys/azure/definition';
import { kubernetesDefinition } from '@magic-hour-keys/kubernetes/definition';
import { gcpDefinition } from '@magic-hour-keys/gcp/definition';
import { vaultDefinition } from '@magic-hour-keys/vault/definition';
import { setUpAws } from './harness/aws.ts';
import { setUpAzure } from './harness/azure.ts';
import { setUpKubernetes } from './harness/kubernetes.ts';
import { setUpGcp } from './harness/gcp.ts';
import { setUpVault } from './harness/vault.ts';
import type { LiveStore } from './live-store.ts';

/** One line for each store, and each way into it. `test/live/<backend>.test.ts` runs those of its backend. */
export const LIVE_STORES: readonly LiveStore[] = [
  { title: 'AWS Secrets Manager', definition: awsDefinition, setUp: setUpAws },
  { title: 'Google Secret Manager', definition: gcpDefinition, setUp: setUpGcp },
  { title: 'Azure Key Vault (direct)', definition: azureDefinition, setUp: setUpAzure('direct') },
  { title: 'Azure Key Vault (through a relay)', definition: azureDefinition, setUp: setUpAzure('relay') },
  { title: 'Kubernetes (API)', definition: kubernetesDefinition, setUp: setUpKubernetes },
  {
    title: 'Vault (KV 1, token)',
    definition: vaultDefinition,
    setUp: setUpVault({ engine: 1, login: 'token' }),
  },
  {
    title: 'Vault (KV 1, AppRole)',
    definition: vaultDefinition,
    setUp: setUpVault({ engine: 1, login: 'approle' }),
  },
  {
    title: 'Vault (KV 2, token)',
    definition: vaultDefinition,
    setUp: setUpVault({ engine: 2, login: 'token' }),
  },
  {
    title: 'Vault (KV 2, AppRole)',
    definition: vaultDefinition,
    setUp: setUpVault({ engine: 2, login: 'approle' }),
  },
];
