import { symlink } from 'node:fs/promises';
import { firstFound } from '@magic-hour-keys/core';
import { envKeySource } from '@magic-hour-keys/env';
import { findLeaks, makeTestKey, staticKey } from '@magic-hour-keys/testing';
import { expect, test, vi } from 'vitest';
import { temporaryFolder } from '../core/node/temporary-folder.ts';
import { failureOf, read, readSource } from './read-for-test.ts';

const NAME = 'MAGIC_HOUR_API_KEY';
const folder = temporaryFolder();
const cwd = (): string => folder.path('');
const files = ['.env.local', '.env'];

test('the variable in the environment wins over every file', async () => {
  const key = makeTestKey();
  await folder.write('.env', `${NAME}=${makeTestKey()}\n`);
  await folder.write('mounted', makeTestKey());
  const env = { [NAME]: key, [`${NAME}_FILE`]: folder.path('mounted') };
  expect(await read({ env, files, cwd: cwd() })).toEqual({
    value: key,
    origin: { name: 'env', location: `${NAME} in the environment` },
  });
});

test('without options process.env and the .env of the working directory are read', async () => {
  const [first, second] = [makeTestKey(), makeTestKey()];
  vi.spyOn(process, 'cwd').mockReturnValue(cwd());
  vi.stubEnv(NAME, first);
  await folder.write('.env', `${NAME}=${second}\n`);
  expect((await read({})).value).toBe(first);
  vi.stubEnv(NAME, undefined);
  expect((await read({})).value).toBe(second);
});

test('the first file that sets the variable answers, and says so', async () => {
  const [local, shared] = [makeTestKey(), makeTestKey()];
  await folder.write('.env.local', `${NAME}=${local}\n`);
  await folder.write('.env', `${NAME}=${shared}\n`);
  expect(await read({ env: {}, files, cwd: cwd() })).toEqual({
    value: local,
    origin: { name: 'env', location: `${NAME} in .env.local` },
  });
});

test.each(['', '   ', '""', "' '", '# to be filled in'])(
  'a file that sets the variable to [%s] is passed over',
  async (blank) => {
    const key = makeTestKey();
    await folder.write('.env.local', `OTHER=1\n${NAME}=${blank}\n`);
    await folder.write('.env', `${NAME}=${key}\n`);
    const reading = await read({ env: { [NAME]: ' ' }, files, cwd: cwd() });
    expect(reading).toMatchObject({ value: key, origin: { location: `${NAME} in .env` } });
  },
);

test('a missing file and one without the variable are passed over', async () => {
  const key = makeTestKey();
  await folder.write('.env.local', 'OTHER=1\n');
  await folder.write('.env', `export ${NAME}="${key}"\r\n`);
  expect((await read({ env: {}, files: ['.gone', ...files], cwd: cwd() })).value).toBe(key);
});

test('another variable can be named', async () => {
  const key = makeTestKey();
  expect((await read({ variable: 'KEY_OF_OURS', env: { KEY_OF_OURS: key } })).value).toBe(key);
});

test("the value is passed on as it was stored; cleaning it is core's", async () => {
  expect((await read({ env: { [NAME]: ' Bearer x ' } })).value).toBe(' Bearer x ');
});

test('the file that NAME_FILE names is the key as a whole', async () => {
  const key = makeTestKey();
  const path = await folder.write('mounted', `${key}\n`);
  expect(await read({ env: { [`${NAME}_FILE`]: ` ${path}\n` } })).toEqual({
    value: `${key}\n`,
    origin: { name: 'env', location: `${path}, named by ${NAME}_FILE` },
  });
});

test('NAME_FILE may be relative, goes by the name of the variable, and wins over .env', async () => {
  const key = makeTestKey();
  await folder.write('mounted', key);
  await folder.write('.env', `KEY_OF_OURS=${makeTestKey()}\n`);
  const env = { KEY_OF_OURS_FILE: 'mounted' };
  expect((await read({ variable: 'KEY_OF_OURS', env, files, cwd: cwd() })).value).toBe(key);
});

test('a NAME_FILE that names nothing ends the search: a .env must not answer in its place', async () => {
  await folder.write('.env', `${NAME}=${makeTestKey()}\n`);
  await folder.write('empty', ' \n');
  const gone = await failureOf({ env: { [`${NAME}_FILE`]: 'gone' }, files, cwd: cwd() });
  expect(gone.code).toBe('not_found');
  expect(gone.message).toContain(`${NAME}_FILE names ${folder.path('gone')}, which does not exist`);
  expect(gone.hint).toContain(`correct or unset ${NAME}_FILE`);
  const empty = await failureOf({ env: { [`${NAME}_FILE`]: 'empty' }, files, cwd: cwd() });
  expect(empty.code).toBe('not_found');
  expect(empty.message).toContain('which is empty');
});

test('a key put into NAME_FILE by mistake is not printed as a path', async () => {
  const key = makeTestKey();
  const error = await failureOf({ env: { [`${NAME}_FILE`]: key } });
  expect(error.code).toBe('invalid_config');
  expect(error.hint).toBe(`Put the key into ${NAME}, and unset ${NAME}_FILE.`);
  expect(findLeaks(error, [key])).toEqual([]);
});

test('set nowhere is not found, and the hint names the variable and every file looked at', async () => {
  await folder.write('.env.local', `${NAME}=\n`);
  await folder.write('.env', 'OTHER=1\n');
  const error = await failureOf({ env: {}, files: [...files, '.gone'], cwd: cwd() });
  expect(error).toMatchObject({
    code: 'not_found',
    source: 'env',
    location: `${NAME}, .env.local, .env, .gone`,
  });
  expect(error.hint).toBe(
    `Set ${NAME} in the environment or in .env.local or in .env or in .gone: ${NAME} is not set, ` +
      `${folder.path('.env.local')} leaves it empty, ${folder.path('.env')} does not set it, ` +
      `${folder.path('.gone')} does not exist.`,
  );
});

test('a variable that is set but empty is told from one that is not set', async () => {
  expect((await failureOf({ env: { [NAME]: '' } })).hint).toBe(
    `Set ${NAME} in the environment: ${NAME} is set but empty.`,
  );
  expect((await failureOf({ env: { [NAME]: { get: () => 'x' } } })).hint).toContain('is set but is not text');
});

test.each(['__proto__', 'constructor', 'toString'])(
  'a variable named %s finds nothing that nobody set',
  async (variable) => {
    await folder.write('.env', `OTHER=1\n__proto__=${makeTestKey()}\n`);
    expect((await failureOf({ variable, env: {}, files, cwd: cwd() })).code).toBe('not_found');
  },
);

test('with an environment handed in, no file is read unless files are named', async () => {
  await folder.write('.env', `${NAME}=${makeTestKey()}\n`);
  const error = await failureOf({ env: {}, cwd: cwd() });
  expect(error).toMatchObject({ code: 'not_found', location: NAME });
});

test('the environment and the files are read anew each time', async () => {
  const [first, second, third] = [makeTestKey(), makeTestKey(), makeTestKey()];
  const env: Record<string, string> = {};
  const source = envKeySource({ env, files, cwd: cwd() });
  await folder.write('.env', `${NAME}=${first}\n`);
  expect((await readSource(source)).value).toBe(first);
  await folder.write('.env', `${NAME}=${second}\n`);
  expect((await readSource(source)).value).toBe(second);
  env[NAME] = third;
  expect((await readSource(source)).value).toBe(third);
});

test('a .env that is a link to a shared file is followed', async () => {
  const key = makeTestKey();
  await folder.write('shared', `${NAME}=${key}\n`);
  await symlink('shared', folder.path('.env'));
  expect((await read({ env: {}, files, cwd: cwd() })).value).toBe(key);
});

test('a file that is 64 KiB of blank lines is read without delay', async () => {
  const key = makeTestKey();
  await folder.write('.env', `${NAME}=${key}\r\n\r\n${' \n'.repeat(32_000)}`);
  expect((await read({ env: {}, files, cwd: cwd() })).value).toBe(key);
});

test('a reading has no version: nothing stable could be one', async () => {
  await folder.write('.env', `${NAME}=${makeTestKey()}\n`);
  const reading = await read({ env: {}, files, cwd: cwd() });
  expect(Object.keys(reading).toSorted()).toEqual(['origin', 'value']);
});

test('in a chain, the reading keeps the exact place and not-found goes on to the next link', async () => {
  const key = makeTestKey();
  const chain = firstFound([envKeySource({ env: {} }), envKeySource({ env: { [NAME]: key } })]);
  expect((await readSource(chain)).origin).toEqual({ name: 'env', location: `${NAME} in the environment` });
  const fallback = firstFound([envKeySource({ env: {} }), staticKey(key)]);
  expect((await readSource(fallback)).origin?.name).toBe('static');
});

test('an abort rejects with its own reason', async () => {
  await folder.write('.env', `${NAME}=${makeTestKey()}\n`);
  const source = envKeySource({ env: {}, files, cwd: cwd() });
  await expect(source.read({ signal: AbortSignal.abort('enough'), reason: 'aged' })).rejects.toBe('enough');
});
