import {
  kubernetesKeyProvider,
  kubernetesKeySource,
  type KubernetesOptions,
} from '@magic-hour-keys/kubernetes';
import { findLeaks, makeTestKey } from '@magic-hour-keys/testing';
import { expect, test } from 'vitest';
import { makeRefusalOf } from '../backends/make-refusal-of.ts';

const name = 'magic-hour';
const mountPath = '/etc/magic-hour';
const client = { readNamespacedSecret: async () => undefined };
const kubeConfig = { getCurrentCluster: () => undefined, applyToHTTPSOptions: async () => undefined };

const refusalOf = makeRefusalOf(kubernetesKeySource);

test.each<[KubernetesOptions, string]>([
  [{ mountPath }, '/etc/magic-hour'],
  [{ mountPath: '/etc/magic-hour/', key: 'api_key', field: 'a' }, '/etc/magic-hour/api_key#a'],
  [{ name }, 'Secret magic-hour'],
  [{ name, namespace: 'video', key: 'api_key', field: 'a.b' }, 'Secret video/magic-hour, key api_key#a.b'],
  [{ name, namespace: 'video', client }, 'Secret video/magic-hour'],
  [{ name, kubeConfig }, 'Secret magic-hour'],
])('%j is at "%s", known before anything is loaded', (options, location) => {
  expect(kubernetesKeySource(options)).toMatchObject({ name: 'kubernetes', location });
  expect(kubernetesKeyProvider(options).health()).toMatchObject({
    source: 'kubernetes',
    location,
    state: 'empty',
  });
});

test.each<[string, Record<string, unknown>, string]>([
  ['neither a place nor a name', {}, 'name'],
  ['a path that is no text', { mountPath: 7 }, 'mountPath'],
  ['an empty path', { mountPath: '' }, 'mountPath'],
  ['a path with a line break', { mountPath: '/a\nb' }, 'mountPath'],
  ['a path with a NUL', { mountPath: '/a\0b' }, 'mountPath'],
  ['a name beside a path', { mountPath, name }, 'name'],
  ['a namespace beside a path', { mountPath, namespace: 'video' }, 'namespace'],
  ['a login beside a path', { mountPath, auth: { method: 'in-cluster' } }, 'auth'],
  ['a client beside a path', { mountPath, client }, 'client'],
  ['a name that climbs', { name: '../other' }, 'name'],
  ['a name with capitals', { name: 'Canary' }, 'name'],
  ['a name that is too long', { name: 'a'.repeat(254) }, 'name'],
  ['a namespace that climbs', { name, namespace: '../kube-system' }, 'namespace'],
  ['a namespace with a dot', { name, namespace: 'a.b' }, 'namespace'],
  ['a key that climbs', { name, key: '../x' }, 'key'],
  ['a key of the kubelet', { mountPath, key: '..data' }, 'key'],
  ['a key that is a dot', { mountPath, key: '.' }, 'key'],
  ['an empty field', { name, field: '' }, 'field'],
  ['an unknown login', { name, auth: { method: 'token' } }, 'auth.method'],
  ['no login at all', { name, auth: null }, 'auth.method'],
  ['a folder that is none', { name, auth: { method: 'in-cluster', folder: '' } }, 'auth.folder'],
  ['a file that is none', { name, auth: { method: 'kubeconfig', file: 7 } }, 'auth.file'],
  ['a context that is none', { name, auth: { method: 'kubeconfig', context: '' } }, 'auth.context'],
  ['a permission that is text', { name, auth: { method: 'kubeconfig', allowExec: 'yes' } }, 'auth.allowExec'],
  ['a client that can not read', { name, namespace: 'a', client: {} }, 'client'],
  ['a client that is null', { name, namespace: 'a', client: null }, 'client'],
  ['a client without a namespace', { name, client }, 'namespace'],
  ['a client beside a login', { name, namespace: 'a', client, auth: { method: 'default' } }, 'client'],
  ['a client beside a KubeConfig', { name, namespace: 'a', client, kubeConfig }, 'client'],
  ['a KubeConfig that is none', { name, kubeConfig: {} }, 'kubeConfig'],
])('%s is refused, by the name of the option', (_, options, option) => {
  const error = refusalOf(options);
  expect(error.code).toBe('invalid_config');
  expect(error.message).toContain(`the option ${option} `);
  expect(error.hint).toBe(`Correct the option \`${option}\`.`);
  expect(error.message).not.toMatch(/Canary/);
});

test('a key or a token in the place of a name is not printed', () => {
  const key = makeTestKey();
  const token = `eyJhbGciOiJSUzI1NiIs.eyJ${key.slice(9)}`;
  for (const secret of [key, token]) {
    for (const options of [
      { mountPath: `/etc/${secret}` },
      { name: secret },
      { name, namespace: secret },
      { name, key: secret },
      { name, field: secret },
      { name, auth: { method: 'kubeconfig', context: secret } },
    ]) {
      const error = refusalOf(options);
      expect(error.message).toContain('holds what looks like a key or a token');
      expect(findLeaks(error, [secret])).toEqual([]);
    }
  }
});

test('creating a source reaches for nothing, and it can be closed unread', async () => {
  const env = new Proxy({}, { get: () => expect.unreachable('a variable was read') });
  const source = kubernetesKeySource({ name, env });
  await source.close?.();
  const reading = source.read({ signal: new AbortController().signal, reason: 'initial' });
  await expect(reading).rejects.toMatchObject({ code: 'closed' });
});
