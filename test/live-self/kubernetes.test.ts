import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runLiveSuite } from './run-live-suite.ts';
import { makeFolder, startWorld } from '../integration/kubernetes/kubernetes-world.ts';

test(
  'the live suite passes against a good API server, and leaves nothing behind',
  { timeout: 240_000 },
  async () => {
    const { cluster } = await startWorld();
    const file = join(await makeFolder(), 'kubeconfig');
    await writeFile(file, cluster.kubeconfig({ token: cluster.adminToken }));
    const { exitCode, output } = await runLiveSuite(
      { MHK_LIVE_KUBECONFIG: file },
      'test/live/kubernetes.test.ts',
    );
    expect(exitCode, output).toBe(0);
    expect(cluster.secretReads).toBeGreaterThan(100);
    const made = cluster.calls.filter((call) => call === 'POST /api/v1/namespaces').length;
    const deleted = cluster.calls.filter(
      (call) => call.startsWith('DELETE /api/v1/namespaces/mhk-live-') && !call.includes('/secrets'),
    ).length;
    expect(made).toBe(1);
    expect(deleted).toBeGreaterThanOrEqual(made);
  },
);
