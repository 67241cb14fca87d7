import { envKeySource } from '@magic-hour-keys/env';
import { findLeaks, makeTestKey } from '@magic-hour-keys/testing';
import { expect, test, vi } from 'vitest';
import { makeRefusalOf } from '../backends/make-refusal-of.ts';

const refusalOf = makeRefusalOf(envKeySource);

test('the location names the variable and the files, before anything is read', () => {
  expect(envKeySource().location).toBe('MAGIC_HOUR_API_KEY, .env');
  expect(envKeySource({ variable: 'K', files: ['.env.local', '.env'] }).location).toBe('K, .env.local, .env');
  expect(envKeySource({ files: [] }).location).toBe('MAGIC_HOUR_API_KEY');
  expect(envKeySource({ env: {} }).location).toBe('MAGIC_HOUR_API_KEY');
});

test('files that change after the source was made do not change the source', async () => {
  const files: string[] = [];
  const source = envKeySource({ files, env: {} });
  files.push('.env.other');
  const context = { signal: new AbortController().signal, reason: 'initial' } as const;
  await expect(source.read(context)).rejects.toMatchObject({
    location: 'MAGIC_HOUR_API_KEY',
    hint: expect.not.stringContaining('.env.other') as string,
  });
});

test.each(['', 'WITH BLANK', 'WITH-DASH', '1ST', 'A=B', 'A\nB', 'A.*'])(
  '[%s] is no name of a variable',
  (variable) => {
    const error = refusalOf({ variable });
    expect(error).toMatchObject({ code: 'invalid_config', source: 'env' });
    expect(error.hint).toContain('`variable`');
  },
);

test.each([['.env'], [['.env', '']], [[42]], [{ 0: '.env' }]])('files %j are refused', (files) => {
  const error = refusalOf({ files });
  expect(error.code).toBe('invalid_config');
  expect(error.message).toContain('[".env"]');
});

test('a key given as a name or as a path is refused, and not printed', () => {
  const key = makeTestKey();
  for (const options of [{ variable: key }, { files: [key] }, { files: [`./${key}`] }]) {
    const error = refusalOf(options);
    expect(error.code).toBe('invalid_config');
    expect(error.message).toContain('looks like a key');
    expect(findLeaks(error, [key])).toEqual([]);
  }
});

test('without a file system the environment still works, and files are refused with a way out', async () => {
  vi.resetModules();
  vi.doMock('@magic-hour-keys/core/node', () => {
    throw new Error('no such built-in module: node:fs');
  });
  vi.doMock('node:path', () => {
    throw new Error('no such built-in module: node:path');
  });
  vi.doMock('dotenv', () => {
    throw new Error('no such built-in module: node:fs');
  });
  const { envKeySource: create } = await import('@magic-hour-keys/env');
  const context = { signal: new AbortController().signal, reason: 'initial' } as const;
  const key = makeTestKey();
  const reading = await create({ env: { MAGIC_HOUR_API_KEY: key } }).read(context);
  expect(reading.value).toBe(key);
  await expect(create({ env: {}, files: ['.env'] }).read(context)).rejects.toMatchObject({
    code: 'unsupported',
    hint: 'Pass its environment as the option `env`, without `files`.',
  });
  vi.doUnmock('@magic-hour-keys/core/node');
  vi.doUnmock('node:path');
  vi.doUnmock('dotenv');
});

test('without process, an empty environment is read', async () => {
  const context = { signal: new AbortController().signal, reason: 'initial' } as const;
  // Only while the source looks: the test runner needs its process.
  vi.stubGlobal('process', undefined);
  const reading = envKeySource({ files: [] }).read(context);
  vi.unstubAllGlobals();
  await expect(reading).rejects.toMatchObject({ code: 'not_found' });
});
