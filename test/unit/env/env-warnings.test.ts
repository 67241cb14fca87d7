import { findLeaks, makeTestKey } from '@magic-hour-keys/testing';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../core/node/temporary-folder.ts';
import { failureOf, read } from './read-for-test.ts';

const NAME = 'MAGIC_HOUR_API_KEY';
const folder = temporaryFolder();
const options = (): { env: object; files: string[]; cwd: string } => ({
  env: {},
  files: ['.env'],
  cwd: folder.path(''),
});

test('a file that every user may read is a warning that names it and the command', async (context) => {
  if (process.platform === 'win32') context.skip('Windows has no file modes');
  const key = makeTestKey();
  const path = await folder.write('.env', `${NAME}=${key}\n`, 0o644);
  const reading = await read(options());
  expect(reading.value).toBe(key);
  expect(reading.warnings).toEqual([
    {
      code: 'file_readable_by_others',
      message:
        `${path} can be read by every user of this machine (mode 644). ` +
        `Run: chmod 600 ${path}; or, where it is mounted, set the mode there.`,
    },
  ]);
});

test('a file that only the group may read is no warning: Kubernetes mounts secrets so', async () => {
  await folder.write('.env', `${NAME}=${makeTestKey()}\n`, 0o640);
  expect(await read({ ...options(), strict: true })).not.toHaveProperty('warnings');
});

test('in strict mode the same file is refused', async (context) => {
  if (process.platform === 'win32') context.skip('Windows has no file modes');
  const key = makeTestKey();
  const path = await folder.write('.env', `${NAME}=${key}\n`, 0o644);
  const error = await failureOf({ ...options(), strict: true });
  expect(error).toMatchObject({ code: 'invalid_config', source: 'env', location: `${NAME}, .env` });
  expect(error.hint).toContain(`chmod 600 ${path}`);
  expect(findLeaks(error, [key])).toEqual([]);
});

test('the file that NAME_FILE names is judged alike', async (context) => {
  if (process.platform === 'win32') context.skip('Windows has no file modes');
  const path = await folder.write('mounted', makeTestKey(), 0o444);
  const env = { [`${NAME}_FILE`]: path };
  expect((await read({ env })).warnings).toMatchObject([{ code: 'file_readable_by_others' }]);
  expect((await failureOf({ env, strict: true })).code).toBe('invalid_config');
});

test('a file without the variable is not judged', async () => {
  const key = makeTestKey();
  await folder.write('.env.local', 'OTHER=1\n', 0o644);
  await folder.write('.env', `${NAME}=${key}\n`);
  expect((await read({ ...options(), files: ['.env.local', '.env'], strict: true })).value).toBe(key);
});

test('a # that cuts the value is a warning with file and line, and without the value', async () => {
  const [kept, lost] = [makeTestKey(), makeTestKey()];
  const path = await folder.write('.env', `# the key\nOTHER=1\n${NAME}=${kept}#${lost}\n`);
  const { value, warnings } = await read(options());
  expect(value).toBe(kept);
  expect(warnings).toEqual([
    {
      code: 'unquoted_hash',
      message: `${NAME} was cut at a # in line 3 of ${path}. Put the value into quotes if the # belongs to it.`,
    },
  ]);
  expect(findLeaks(warnings, [kept, lost])).toEqual([]);
});

test.each([
  ['an export', 'export MAGIC_HOUR_API_KEY=abc#def', 1],
  ['blanks around the sign', '\n  MAGIC_HOUR_API_KEY = abc#def', 2],
  ['a colon', 'MAGIC_HOUR_API_KEY: abc#def', 1],
  ['Windows line endings', 'A=1\r\nMAGIC_HOUR_API_KEY=abc#def\r\n', 2],
  ['old Macintosh line endings', 'A=1\rMAGIC_HOUR_API_KEY=abc#def\r', 2],
  ['an unclosed quote', 'MAGIC_HOUR_API_KEY="abc#def', 1],
  ['a later line that wins', 'MAGIC_HOUR_API_KEY=abc\nMAGIC_HOUR_API_KEY=abc#def', 2],
  ['a second #', 'MAGIC_HOUR_API_KEY=abc#def#ghi', 1],
])('a cut value is noticed with %s', async (_what, text, line) => {
  await folder.write('.env', text);
  const { warnings } = await read(options());
  expect(warnings).toMatchObject([{ code: 'unquoted_hash' }]);
  expect(warnings?.[0]?.message).toContain(`in line ${line} of`);
});

test.each([
  ['a comment after a blank', 'MAGIC_HOUR_API_KEY=abc # def'],
  ['a comment after a tab', 'MAGIC_HOUR_API_KEY=abc\t#def'],
  ['a # in double quotes', 'MAGIC_HOUR_API_KEY="abc#def"'],
  ['a # in single quotes', "MAGIC_HOUR_API_KEY='abc#def' # comment"],
  ['a # in backticks', 'MAGIC_HOUR_API_KEY=`abc#def`'],
  ['a comment right after the quote', 'MAGIC_HOUR_API_KEY="abc"#def'],
  ['a # in another variable', 'OTHER=abc#def\nMAGIC_HOUR_API_KEY=abc'],
  ['a # in a variable with a longer name', 'MAGIC_HOUR_API_KEY_2=abc#def\nMAGIC_HOUR_API_KEY=abc'],
  ['a # in a line that a later one replaces', 'MAGIC_HOUR_API_KEY=abc#def\nMAGIC_HOUR_API_KEY=abc'],
  ['a comment that looks like the line', 'MAGIC_HOUR_API_KEY=abc\n# MAGIC_HOUR_API_KEY=abc#def'],
  ['a value of several lines', 'MAGIC_HOUR_API_KEY="abc\nMAGIC_HOUR_API_KEY=x#y"'],
])('%s is no cut', async (_what, text) => {
  await folder.write('.env', text);
  expect(await read(options())).not.toHaveProperty('warnings');
});

test('a value that is nothing but cut is not set', async () => {
  await folder.write('.env', `${NAME}=#abc\n`);
  expect((await failureOf(options())).hint).toContain('leaves it empty');
});
