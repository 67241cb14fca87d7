import { kubernetesKeySource, type KubernetesOptions } from '@magic-hour-keys/kubernetes';
import { kubernetesDefinition } from '@magic-hour-keys/kubernetes/definition';
import { expect, test } from 'vitest';
import { describeDefinition } from '../backends/describe-definition.ts';
import { member } from '../backends/schema-parts.ts';

const name = 'magic-hour';
const mountPath = '/etc/magic-hour';

const good: readonly KubernetesOptions[] = [
  { mountPath },
  { mountPath, key: 'api_key', field: 'a.b' },
  { name },
  { name: 'a.b-c.d', namespace: 'video', key: 'config.json', field: '/a/b' },
  { name, auth: { method: 'default' } },
  { name, auth: { method: 'in-cluster' } },
  { name, auth: { method: 'in-cluster', folder: '/run/account' } },
  { name, auth: { method: 'kubeconfig' } },
  { name, auth: { method: 'kubeconfig', file: '~/.kube/config', context: 'arn:aws:eks:x', allowExec: true } },
];
const refused = [
  {},
  { mountPath, name },
  { mountPath: '' },
  { mountPath: 7 },
  { name: 'Magic_Hour' },
  { name: '../other' },
  { name, namespace: 'a/b' },
  { name, namespace: 'a.b' },
  { name, key: '../api_key' },
  { name, key: '..data' },
  { name, field: '' },
  { name, auth: 'in-cluster' },
  { name, auth: { method: 'token' } },
  { name, auth: { method: 'in-cluster', file: 'x' } },
  { name, auth: { method: 'kubeconfig', allowExec: 'yes' } },
  { name, auth: { method: 'kubeconfig', context: '' } },
  { name, client: {} },
  { name, env: {} },
  { nam: 'magic-hour' },
  'text',
  undefined,
];

describeDefinition(kubernetesDefinition, kubernetesKeySource, { good, refused });

test('what is needed is said in words, where neither or both are given', () => {
  const pipe = (member(kubernetesDefinition.schema, 'pipe') as unknown[]).map((step) =>
    member(step, 'metadata'),
  );
  expect(pipe).toContainEqual({ expectation: 'an object with either "mountPath" or "name"' });
});
