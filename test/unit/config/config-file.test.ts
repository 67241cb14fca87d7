import { execFile } from 'node:child_process';
import { mkdir, symlink } from 'node:fs/promises';
import { platform } from 'node:process';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { checkConfig } from '@magic-hour-keys/config';
import { findLeaks, makeTestKey } from '@magic-hour-keys/testing';
import { expect, test } from 'vitest';
import { asOrdinaryUser } from '../core/node/temporary-folder.ts';
import { failureOf, inDevelopment, load, temporaryProject } from './config-for-test.ts';

const NAME = 'magic-hour-keys.json';
const CONFIG = inDevelopment({ source: 'env', variable: 'FROM_FILE' });
const project = temporaryProject();

/** The location of the source shows which configuration was used. */
function used(
  cwd: string,
  variables: Record<string, string> = {},
): { file?: string | undefined; location?: string | undefined } {
  const { file, environments } = checkConfig({ cwd: project.path(cwd), env: variables });
  return { file, location: environments[0]?.location };
}

test('the file in the working directory is found', async () => {
  const file = await project.write(NAME, CONFIG);
  expect(used('')).toEqual({ file, location: 'FROM_FILE, .env' });
});

test('the search goes up as far as the nearest package.json, and into that folder', async () => {
  await project.write('package.json', '{}');
  await mkdir(project.path('src/deep'), { recursive: true });
  const file = await project.write(NAME, CONFIG);
  expect(used('src/deep').file).toBe(file);
  await project.write('src/package.json', '{}');
  expect(used('src/deep').file).toBeUndefined();
});

test('the nearer of two files is used', async () => {
  await project.write('package.json', '{}');
  await project.write(NAME, CONFIG);
  const nearer = await project.write(`src/${NAME}`, CONFIG);
  expect(used('src').file).toBe(nearer);
});

test('where there is no package.json above, only the working directory is looked at', async () => {
  await project.write(NAME, CONFIG);
  await mkdir(project.path('below'));
  expect(used('below').file).toBeUndefined();
});

test('MAGIC_HOUR_KEYS_CONFIG names a file, from the working directory', async () => {
  await project.write(NAME, CONFIG);
  const file = await project.write('conf/keys.json', inDevelopment({ source: 'env', variable: 'OTHER' }));
  const expected = { file, location: 'OTHER, .env' };
  expect(used('', { MAGIC_HOUR_KEYS_CONFIG: 'conf/keys.json' })).toEqual(expected);
  expect(used('', { MAGIC_HOUR_KEYS_CONFIG: ` ${file} ` })).toEqual(expected);
  expect(used('', { MAGIC_HOUR_KEYS_CONFIG: ' ' }).location).toBe('FROM_FILE, .env');
});

test('the option file wins over the variable, as a path or as a URL', async () => {
  const file = await project.write('keys.json', CONFIG);
  const env = { MAGIC_HOUR_KEYS_CONFIG: 'nowhere.json' };
  for (const option of ['keys.json', file, pathToFileURL(file)]) {
    expect(checkConfig({ file: option, env, cwd: project.path('') })).toMatchObject({ ok: true, file });
  }
});

test('without a file the variable and the .env of the working directory are used', async () => {
  const key = makeTestKey();
  await project.write('.env', `MAGIC_HOUR_API_KEY=${key}\n`);
  const provider = load({ cwd: project.path('') });
  expect((await provider.getKey()).reveal()).toBe(key);
  expect(checkConfig({ cwd: project.path(''), env: { NODE_ENV: 'production' } })).toMatchObject({
    ok: true,
    file: undefined,
    environment: { name: 'production', from: 'NODE_ENV' },
    environments: [{ name: 'production', chosen: true, source: 'env', location: 'MAGIC_HOUR_API_KEY, .env' }],
  });
  expect(checkConfig({ cwd: project.path(''), env: {} }).environment).toEqual({
    name: 'development',
    from: 'default',
  });
});

test('relative paths in the file start from its folder, whichever folder the program was started from', async () => {
  const key = makeTestKey();
  await project.write('package.json', '{}');
  await project.write(NAME, inDevelopment({ source: 'env', files: ['secrets/.env.local'] }));
  await project.write('secrets/.env.local', `MAGIC_HOUR_API_KEY=${key}\n`);
  await mkdir(project.path('src'));
  expect((await load({ cwd: project.path('src') }).getKey()).reveal()).toBe(key);
});

test('comments, trailing commas and a byte order mark are welcome', async () => {
  await project.write(NAME, `\ufeff// keys\n{ "environments": { "development": { "source": "env", }, }, }`);
  expect(checkConfig({ cwd: project.path(''), env: {} }).problems).toEqual([]);
});

test('a file that was named and is not there is an error, not the default', () => {
  const missing = project.path('nowhere.json');
  for (const named of [{ file: missing }, { env: { MAGIC_HOUR_KEYS_CONFIG: missing } }]) {
    const error = failureOf({ ...named, cwd: project.path('') });
    expect(error).toMatchObject({ code: 'invalid_config', location: missing });
    expect(error.message).toContain('the file does not exist');
  }
});

test.each([[''], [5], [new URL('https://magichour.ai/keys.json')], [null]])(
  'the file %s is no path',
  (file) => {
    expect(failureOf({ file: file as never, cwd: project.path('') }).message).toContain(
      'the option `file` must be a path, or a file: URL',
    );
  },
);

test('a link that leads nowhere is an error, not the default', async () => {
  await symlink(project.path('gone.json'), project.path(NAME));
  expect(failureOf({ cwd: project.path('') }).message).toContain('the file does not exist');
});

test('a folder is an error', async () => {
  await mkdir(project.path(NAME));
  expect(failureOf({ cwd: project.path('') }).message).toContain('must be a regular file');
});

test('a named pipe is refused at once, instead of waiting for its writer', async (context) => {
  if (platform === 'win32') context.skip('there are no named pipes in folders on this platform');
  await promisify(execFile)('mkfifo', [project.path(NAME)]);
  expect(failureOf({ cwd: project.path('') }).message).toContain('must be a regular file');
});

test.each<[string, Uint8Array, string]>([
  ['more than 256 KiB', Buffer.alloc(262_145, ' '), 'at most 262144 bytes'],
  ['UTF-16', Buffer.from('\ufeff{}', 'utf16le'), 'must be UTF-8 text'],
  ['bytes that are no text', Buffer.from([0x7b, 0xff, 0x7d]), 'must be UTF-8 text'],
])('a file of %s is an error', async (_, content, expected) => {
  await project.write(NAME, content);
  expect(failureOf({ cwd: project.path('') }).message).toContain(expected);
});

test('exactly 256 KiB are read', async () => {
  const text = JSON.stringify(CONFIG);
  await project.write(NAME, text + ' '.repeat(262_144 - text.length));
  expect(used('').location).toBe('FROM_FILE, .env');
});

test('a file that this user may not read is an error', async (context) => {
  await project.write(NAME, CONFIG, 0o000);
  await asOrdinaryUser(context, async () => {
    expect(failureOf({ cwd: project.path('') }).message).toContain('can not be read by this user');
  });
});

test('a file that everybody may change is a warning, and the provider tells it once', async (context) => {
  if (platform === 'win32') context.skip('file modes do not tell on this platform');
  const file = await project.write(NAME, inDevelopment({ source: 'env' }), 0o666);
  const warning = {
    code: 'config_writable_by_others',
    message: `${file} can be changed by every user of this machine. Run: chmod o-w ${file}`,
  };
  expect(checkConfig({ cwd: project.path(''), env: {} })).toMatchObject({ ok: true, warnings: [warning] });
  const warnings: unknown[] = [];
  const provider = load({
    cwd: project.path(''),
    env: { MAGIC_HOUR_API_KEY: makeTestKey() },
    onEvent: (event) => event.type === 'warning' && warnings.push(event),
  });
  await provider.getKey();
  provider.invalidate();
  await provider.getKey();
  expect(warnings).toEqual([expect.objectContaining(warning)]);
});

test('a file that its group may change is no warning, because that is how many systems make files', async () => {
  await project.write(NAME, CONFIG, 0o664);
  expect(checkConfig({ cwd: project.path(''), env: {} }).warnings).toEqual([]);
});

test('a key in the place of a path is never shown', () => {
  const key = makeTestKey();
  const errors = [
    failureOf({ file: `./${key}`, cwd: project.path('') }),
    failureOf({ file: new URL(`file:///${key}`), cwd: project.path('') }),
    failureOf({ env: { MAGIC_HOUR_KEYS_CONFIG: key }, cwd: project.path('') }),
  ];
  expect(findLeaks(errors, [key])).toEqual([]);
  expect(errors.map(({ message }) => message.includes('looks like an API key'))).toEqual([true, true, true]);
});

test('a configuration in code and one in a file at once are an error', () => {
  expect(failureOf({ config: CONFIG, file: 'x.json' }).message).toContain('given twice');
});
