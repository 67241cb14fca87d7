import { createKeyProvider, type KeySource } from '@magic-hour-keys/core';
import { createMemorySource } from '@magic-hour-keys/testing';
import { expect, test, vi } from 'vitest';
import { buildSource } from '../../../packages/config/src/build-source.ts';
import type { BuiltInBackend } from '../../../packages/config/src/builtin-backends.ts';
import { addWarnings, lazySource } from '../../../packages/config/src/lazy-source.ts';

const context = () => ({ signal: new AbortController().signal, reason: 'initial' as const });

function lazy(load: () => Promise<KeySource>): KeySource {
  return lazySource({ name: 'store', location: 'a place', load });
}

test('name and location are there at once, and nothing is loaded for them', () => {
  const load = vi.fn<() => Promise<KeySource>>();
  expect(lazy(load)).toMatchObject({ name: 'store', location: 'a place' });
  expect(load).not.toHaveBeenCalled();
});

test('reads that overlap load the module once', async () => {
  const memory = createMemorySource();
  const load = vi.fn<() => Promise<KeySource>>(async () => memory);
  const source = lazy(load);
  const readings = await Promise.all([source.read(context()), source.read(context())]);
  await source.read(context());
  expect(readings.map(({ value }) => value)).toEqual([memory.current, memory.current]);
  expect(load).toHaveBeenCalledTimes(1);
});

test('a load that failed is tried again by the next read', async () => {
  const memory = createMemorySource();
  const load = vi
    .fn<() => Promise<KeySource>>()
    .mockRejectedValueOnce(new Error('gone'))
    .mockResolvedValue(memory);
  const source = lazy(load);
  await expect(source.read(context())).rejects.toThrow('gone');
  expect((await source.read(context())).value).toBe(memory.current);
});

test('what the source can do shows once it is loaded', async () => {
  const memory = createMemorySource();
  const full: KeySource = {
    ...memory,
    name: 'full',
    location: 'here',
    read: memory.read,
    classify: () => 'throttled',
    readPrevious: async () => ({ value: 'before' }),
    watch: async (onChange) => onChange(),
  };
  const source = lazy(async () => full);
  expect([source.watch, source.classify, source.readPrevious]).toEqual([undefined, undefined, undefined]);
  await source.read(context());
  const onChange = vi.fn<() => void>();
  await source.watch?.(onChange, { signal: context().signal });
  expect(onChange).toHaveBeenCalledTimes(1);
  expect(source.classify?.(new Error('x'))).toBe('throttled');
  expect(await source.readPrevious?.(context())).toEqual({ value: 'before' });
});

test('a source without these has none of them after loading either', async () => {
  const source = lazy(async () => ({ name: 'bare', location: 'here', read: async () => ({ value: 'x' }) }));
  await source.read(context());
  expect([source.watch, source.classify, source.readPrevious]).toEqual([undefined, undefined, undefined]);
  await expect(source.close?.()).resolves.toBeUndefined();
});

test('core watches a source that was loaded late, and closes it', async () => {
  const memory = createMemorySource();
  const provider = createKeyProvider(lazy(async () => memory));
  await provider.getKey();
  expect(memory.watchers).toBe(1);
  await provider.close();
  expect([memory.watchers, memory.closed]).toEqual([0, true]);
});

test('closing before the first read loads nothing', async () => {
  const load = vi.fn<() => Promise<KeySource>>();
  await lazy(load).close?.();
  expect(load).not.toHaveBeenCalled();
});

test('a source that finishes loading after the end is closed and not read', async () => {
  const memory = createMemorySource();
  let finish: (source: KeySource) => void = () => undefined;
  const source = lazy(() => new Promise((resolve) => (finish = resolve)));
  const reading = source.read(context());
  await source.close?.();
  finish(memory);
  await expect(reading).rejects.toMatchObject({ code: 'closed', source: 'store' });
  expect([memory.closed, memory.reads]).toEqual([true, []]);
});

test('warnings are added to those of the source', async () => {
  const own = { code: 'own', message: 'of the source' };
  const added = { code: 'added', message: 'of the file' };
  const source: KeySource = { name: 'x', location: 'y', read: async () => ({ value: 'v', warnings: [own] }) };
  expect((await addWarnings(source, [added]).read(context())).warnings).toEqual([own, added]);
  expect(addWarnings(source, [])).toBe(source);
});

test('a backend that does not load is told with the command that helps, without the text of the loader', async () => {
  const backend: BuiltInBackend = {
    name: 'aws',
    title: 'AWS Secrets Manager',
    packageName: '@magic-hour-keys/aws',
    requires: [],
    schema: undefined as never,
    interpolates: [],
    secretOptions: [],
    credentialVariables: () => [],
    isRemote: true,
    permission: () => undefined,
    location: () => 'prod/magic-hour',
    load: async () => {
      throw new Error('Cannot find module at a secret path');
    },
  };
  const planned = {
    kind: 'built-in',
    name: 'aws',
    location: 'prod/magic-hour',
    backend,
    options: {},
  } as const;
  const error: unknown = await buildSource(planned, { cwd: '.' })
    .read(context())
    .catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'invalid_config', source: 'aws', location: 'prod/magic-hour' });
  expect(String(error)).toContain('the package @magic-hour-keys/aws does not load');
  expect(String(error)).not.toContain('secret path');
});
