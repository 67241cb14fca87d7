import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { kubernetesKeySource } from '@magic-hour-keys/kubernetes';
import { startFakeKubernetes } from '@magic-hour-keys/testing/fakes/kubernetes';
import type { StoreUnderFault } from '../backend-under-fault.ts';

export async function startKubernetesStore(key: string): Promise<StoreUnderFault> {
  const cluster = await startFakeKubernetes({ isSecure: false });
  const folder = mkdtempSync(join(tmpdir(), 'mhk-faults-kubernetes-'));
  cluster.createNamespace('video');
  cluster.putSecret('video', 'magic-hour', { api_key: key });
  let count = 0;

  /** One for each address. It names no authority where the server speaks http. */
  function writeKubeconfig(server: string, caFile: string | undefined): string {
    const file = join(folder, `${(count += 1)}`);
    const place = { server, 'certificate-authority-data': undefined, 'certificate-authority': caFile };
    writeFileSync(
      file,
      cluster.kubeconfig({ token: cluster.adminToken }, { namespace: 'video', cluster: place }),
    );
    return file;
  }

  return {
    origin: cluster.origin,
    secrets: [cluster.adminToken],
    makeSource: ({ url, caFile }) =>
      kubernetesKeySource({
        name: 'magic-hour',
        auth: { method: 'kubeconfig', file: writeKubeconfig(url, caFile) },
        env: {},
      }),
    async close() {
      await cluster.close();
      rmSync(folder, { recursive: true });
    },
  };
}
