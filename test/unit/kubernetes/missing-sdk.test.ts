import { kubernetesKeySource } from '@magic-hour-keys/kubernetes';
import { expect, test, vi } from 'vitest';
import { requirementFor } from '../../../packages/kubernetes/src/api/load-client-node.ts';
import { temporaryFolder } from '../core/node/temporary-folder.ts';

const folder = temporaryFolder();

// What is said about a package that is missing or too old is tested where it is said: optionalImport.
test('a client-node that does not load is named at the first read, and one that does is found at the next', async () => {
  const file = await folder.write('config', '{}');
  const source = kubernetesKeySource({ name: 'magic-hour', auth: { method: 'kubeconfig', file } });
  const read = (): Promise<unknown> =>
    source.read({ signal: new AbortController().signal, reason: 'initial' });
  vi.doMock('@kubernetes/client-node', () => {
    throw new Error('it is not here');
  });
  await expect(read()).rejects.toMatchObject({
    code: 'invalid_config',
    source: 'kubernetes',
    message: expect.stringContaining('the package @kubernetes/client-node'),
  });
  vi.doMock('@kubernetes/client-node', () => ({ loadYaml: () => ({}) }));
  await expect(read()).rejects.toMatchObject({ message: expect.stringContaining('no current context') });
});

test.each([
  ['20.19.0', '^1.2.0'],
  ['22.14.0', '^1.2.0'],
  ['22.15.0', '^1.2.0 || ^2.0.1'],
  ['24.0.0', '^1.2.0 || ^2.0.1'],
])('on Node %s the versions are asked for that load there', (node, range) => {
  expect(requirementFor(node)).toEqual({ name: '@kubernetes/client-node', range });
});
