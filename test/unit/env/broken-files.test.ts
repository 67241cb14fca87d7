import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { promisify } from 'node:util';
import { isKeyError, type KeyError, type KeyErrorCode, type KeyEvent } from '@magic-hour-keys/core';
import { envKeyProvider } from '@magic-hour-keys/env';
import { findLeaks, makeTestKey } from '@magic-hour-keys/testing';
import * as fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { asOrdinaryUser, temporaryFolder } from '../core/node/temporary-folder.ts';

const NAME = 'MAGIC_HOUR_API_KEY';
const folder = temporaryFolder();

interface Outcome {
  readonly key: string | undefined;
  readonly error: KeyError | undefined;
  readonly events: readonly KeyEvent[];
  readonly printed: readonly unknown[];
}

/** What an application sees that asks for the key once. */
async function askOnce(env: object = {}): Promise<Outcome> {
  const events: KeyEvent[] = [];
  const writes = [vi.spyOn(process.stdout, 'write'), vi.spyOn(process.stderr, 'write')];
  for (const write of writes) write.mockReturnValue(true);
  const provider = envKeyProvider(
    { env, files: ['.env'], cwd: folder.path('') },
    { onEvent: (event) => events.push(event) },
  );
  const settled = await Promise.allSettled([provider.getKey()]);
  await provider.close();
  const printed = writes.flatMap((write) => write.mock.calls.map(([text]) => text));
  vi.restoreAllMocks();
  const [outcome] = settled;
  if (outcome.status === 'fulfilled')
    return { key: outcome.value.reveal(), error: undefined, events, printed };
  if (isKeyError(outcome.reason)) return { key: undefined, error: outcome.reason, events, printed };
  throw new Error('something else than a KeyError was thrown');
}

async function expectRefusal(secret: string, code: KeyErrorCode, env: object = {}): Promise<KeyError> {
  const { error, events, printed } = await askOnce(env);
  expect(error).toMatchObject({ code, source: 'env' });
  expect(error?.hint).toMatch(/\w{3}/);
  expect(findLeaks({ error, events, printed }, [secret])).toEqual([]);
  expect(printed).toEqual([]);
  if (!error) throw new Error('a broken file gave a key');
  return error;
}

test('a good file gives its key, prints nothing and leaves process.env as it was', async () => {
  const key = makeTestKey();
  await folder.write('.env', `${NAME}=${key}\nOTHER_OF_THIS_FILE=1\n`);
  const before = { ...process.env };
  const { key: found, events, printed } = await askOnce();
  expect(found).toBe(key);
  expect(events).toMatchObject([{ type: 'resolved', source: 'env', location: `${NAME} in .env` }]);
  expect(findLeaks(events, [key])).toEqual([]);
  expect(printed).toEqual([]);
  expect({ ...process.env }).toEqual(before);
});

test.each<[string, (key: string) => string]>([
  ['with a byte order mark', (key) => `\uFEFF${NAME}=${key}\n`],
  ['in double quotes', (key) => `${NAME}="${key}"\n`],
  ['in single quotes', (key) => `${NAME}='${key}'\n`],
  ['with Windows line endings', (key) => `A=1\r\n${NAME}=${key}\r\nB=2\r\n`],
  ['with old Macintosh line endings', (key) => `A=1\r${NAME}=${key}\rB=2\r`],
  ['exported, with a tab', (key) => `export\t${NAME}=${key}\n`],
  ['with a colon', (key) => `${NAME}: ${key}\n`],
  ['after a bare line', (key) => `this is not an assignment\n${NAME}=${key}\n`],
  ['with a pasted Bearer', (key) => `${NAME}="Bearer ${key}"\n`],
  ['with an escaped line ending', (key) => `${NAME}="${key}\\n"\n`],
  ['without a line ending', (key) => `${NAME}=${key}`],
  ['before a comment', (key) => `${NAME}=${key} # of the team\n`],
])('a key %s is understood', async (_what, write) => {
  const key = makeTestKey();
  await folder.write('.env', write(key));
  expect((await askOnce()).key).toBe(key);
});

test.each<[string, (key: string) => string]>([
  ['a placeholder', () => `${NAME}=your_api_key_here`],
  ['a line break inside', (key) => `${NAME}="${key.slice(0, 20)}\n${key.slice(20)}"`],
  ['quotes inside quotes', (key) => `${NAME}='"${key}"'`],
  ['a JSON object', (key) => `${NAME}='{"apiKey":"${key}"}'`],
  ['a variable that nobody expands', (key) => `A=${key}\n${NAME}=\${A}`],
  ['a key cut by a #', (key) => `${NAME}=${key.slice(0, 10)}#${key.slice(10)}`],
  ['text that is not ASCII', (key) => `${NAME}=${key}é`],
  ['half a key', (key) => `${NAME}=${key.slice(0, 12)}`],
])('a file that holds %s is an invalid key', async (_what, write) => {
  const key = makeTestKey();
  await folder.write('.env', write(key));
  const error = await expectRefusal(key, 'invalid_key');
  expect(error.location).toBe(`${NAME} in .env`);
});

test('a missing file and an empty variable are not found', async () => {
  const error = await expectRefusal(makeTestKey(), 'not_found', { [NAME]: '' });
  expect(error.hint).toContain(`${NAME} is set but empty`);
  expect(error.hint).toContain(`${folder.path('.env')} does not exist`);
});

test('a file that may not be read denies access', async (context) => {
  const key = makeTestKey();
  await folder.write('.env', `${NAME}=${key}`, 0o000);
  const error = await asOrdinaryUser(context, () => expectRefusal(key, 'access_denied'));
  expect(error.hint).toContain('chmod');
});

test('a folder in place of the file is a wrong setting', async () => {
  await mkdir(folder.path('.env'));
  const error = await expectRefusal(makeTestKey(), 'invalid_config');
  expect(error.message).toContain(`${folder.path('.env')} is a folder`);
});

test('a named pipe in place of the file is a wrong setting, and nobody waits for it', async (context) => {
  if (process.platform === 'win32') context.skip('Windows has no named pipes in folders');
  await promisify(execFile)('mkfifo', [folder.path('.env')]);
  const error = await expectRefusal(makeTestKey(), 'invalid_config');
  expect(error.message).toContain('is a named pipe');
});

test('a file of 10 MB is a wrong setting', async () => {
  const key = makeTestKey();
  await folder.write('.env', Buffer.alloc(10_000_000, `${NAME}=${key}\n`));
  expect((await expectRefusal(key, 'invalid_config')).message).toMatch(/10000000 bytes; at most 65536/);
});

test('a file in UTF-16 is a wrong setting, with the way out', async () => {
  const key = makeTestKey();
  await folder.write('.env', Buffer.from(`\uFEFF${NAME}=${key}\r\n`, 'utf16le'));
  expect((await expectRefusal(key, 'invalid_config')).hint).toContain('Save it as UTF-8');
});

test('the file that NAME_FILE names is refused for the same reasons', async () => {
  const key = makeTestKey();
  const env = { [`${NAME}_FILE`]: folder.path('mounted') };
  await folder.write('mounted', `${NAME}=${key}\n`);
  await expectRefusal(key, 'invalid_key', env);
  await folder.write('mounted', Buffer.from(key, 'utf16le'));
  await expectRefusal(key, 'invalid_config', env);
  await folder.write('mounted', `\uFEFF${key}\r\n`);
  expect((await askOnce(env)).key).toBe(key);
});

test('whatever the file holds, it ends in the key that was written or in a KeyError, and silently', async () => {
  const planted = makeTestKey();
  const piece = fc.oneof(
    fc.constantFrom(
      NAME,
      '=',
      ': ',
      planted,
      '"',
      "'",
      '`',
      '#',
      '\\n',
      '\n',
      '\r',
      ' ',
      '\t',
      'export ',
      '\uFEFF',
      '\0',
    ),
    fc.string({ maxLength: 3, unit: 'binary' }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 12 }), async (pieces) => {
      await folder.write('.env', `${NAME}=${pieces.join('')}`);
      const { key, error, events, printed } = await askOnce();
      expect(key === undefined ? isKeyError(error) : key.length >= 16).toBe(true);
      expect(printed).toEqual([]);
      expect(findLeaks({ error, events }, [planted])).toEqual([]);
    }),
  );
});
