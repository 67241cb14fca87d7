import { execFile } from 'node:child_process';
import { chmod, mkdir, rename, symlink } from 'node:fs/promises';
import { createServer } from 'node:net';
import process from 'node:process';
import { promisify } from 'node:util';
import { findLeaks, makeTestKey } from '@magic-hour-keys/testing';
import { expect, test, vi } from 'vitest';
import { failureOf, fileHandlePrototype, read } from './read-for-test.ts';
import { asOrdinaryUser, temporaryFolder } from './temporary-folder.ts';

const folder = temporaryFolder();

test('a file is read as it is, with its owner and its mode', async () => {
  const path = await folder.write('key', 'line one\r\nline two\n');
  const file = await read(path);
  expect(file.text).toBe('line one\r\nline two\n');
  expect(file).toMatchObject({ mode: 0o600, readableByOthers: false, ownerId: process.getuid?.() ?? 0 });
});

test('an empty file is text too', async () => {
  expect((await read(await folder.write('key', ''))).text).toBe('');
});

test.each(['600', '640', '400'])('a file of mode %s is closed to others', async (digits) => {
  const mode = Number.parseInt(digits, 8);
  expect(await read(await folder.write('key', 'x', mode))).toMatchObject({ mode, readableByOthers: false });
});

test.each(['644', '604', '777'])('a file of mode %s is open to others', async (digits) => {
  const mode = Number.parseInt(digits, 8);
  expect(await read(await folder.write('key', 'x', mode))).toMatchObject({ mode, readableByOthers: true });
});

test('a symbolic link is followed, and the mode is that of the file', async () => {
  await folder.write('target', 'linked', 0o640);
  await symlink('target', folder.path('link'));
  expect(await read(folder.path('link'))).toMatchObject({ text: 'linked', mode: 0o640 });
});

test('a secret that Kubernetes swaps by its ..data link is read whole', async () => {
  await mkdir(folder.path('..2026_01'));
  await mkdir(folder.path('..2026_02'));
  await folder.write('..2026_01/key', 'old');
  await folder.write('..2026_02/key', 'new');
  await symlink('..2026_01', folder.path('..data'));
  await symlink('..data/key', folder.path('key'));
  expect((await read(folder.path('key'))).text).toBe('old');
  await symlink('..2026_02', folder.path('..data_tmp'));
  await rename(folder.path('..data_tmp'), folder.path('..data'));
  expect((await read(folder.path('key'))).text).toBe('new');
});

test('a file that is not there is not found, also below something that is no folder', async () => {
  await folder.write('file', 'x');
  for (const path of [folder.path('gone'), folder.path('gone/deeper'), folder.path('file/deeper')]) {
    const error = await failureOf(path);
    expect(error).toMatchObject({ code: 'not_found', source: 'env', location: '.env', transient: false });
    expect(error.message).toContain(`${path} does not exist`);
    expect(error.hint).toContain(path);
  }
});

test('a link to nothing is not found, and links in a circle are a wrong setting', async () => {
  await symlink('gone', folder.path('dangling'));
  await symlink('circle', folder.path('circle'));
  expect((await failureOf(folder.path('dangling'))).code).toBe('not_found');
  expect((await failureOf(folder.path('circle'))).code).toBe('invalid_config');
});

test('a file we may not read says whom to let read it', async (context) => {
  const path = await folder.write('key', 'x', 0o000);
  const error = await asOrdinaryUser(context, () => failureOf(path));
  expect(error.code).toBe('access_denied');
  expect(error.hint).toContain(`chmod u+r ${path}`);
  expect(error.hint).toMatch(/Let user \d+ read it: .* chown \d+ /);
});

test('a folder we may not enter denies access, it does not hide the file', async (context) => {
  await mkdir(folder.path('closed'));
  const path = await folder.write('closed/key', 'x', 0o644);
  await chmod(folder.path('closed'), 0o000);
  const error = await asOrdinaryUser(context, () => failureOf(path));
  await chmod(folder.path('closed'), 0o755);
  expect(error.code).toBe('access_denied');
});

test('a folder where a file was meant is a wrong setting', async () => {
  await mkdir(folder.path('key'));
  const error = await failureOf(folder.path('key'));
  expect(error.code).toBe('invalid_config');
  expect(error.message).toContain('is a folder');
});

test('a named pipe without a writer is refused instead of waited for', async (context) => {
  if (process.platform === 'win32') context.skip('Windows has no named pipes in folders');
  await promisify(execFile)('mkfifo', [folder.path('pipe')]);
  const error = await failureOf(folder.path('pipe'));
  expect(error.code).toBe('invalid_config');
  expect(error.message).toContain('is a named pipe');
});

test('a socket is refused', async (context) => {
  if (process.platform === 'win32') context.skip('Windows has no sockets in folders');
  const server = createServer();
  await new Promise<void>((done) => server.listen(folder.path('socket'), done));
  const error = await failureOf(folder.path('socket'));
  await new Promise((done) => server.close(done));
  expect(error.code).toBe('invalid_config');
  expect(error.message).toContain('not a regular file');
});

test.each(['/proc/self/environ', '/proc/../proc/self/environ', '/dev/null', '/dev/stdin'])(
  '%s is refused: it is no file where a key is kept',
  async (path) => {
    const error = await failureOf(path);
    expect(error.code).toBe('invalid_config');
    expect(error.message).toContain('under /proc or /dev');
  },
);

test('a link into /proc is refused like /proc itself', async (context) => {
  if (process.platform !== 'linux') context.skip('only Linux has /proc');
  await symlink('/proc/self/environ', folder.path('key'));
  expect((await failureOf(folder.path('key'))).message).toContain('under /proc or /dev');
});

test('a path that no file can have is a wrong setting', async () => {
  expect((await failureOf(folder.path('x'.repeat(5000)))).code).toBe('invalid_config');
  expect((await failureOf('with\0zero')).code).toBe('invalid_config');
});

test('64 KiB are read, one byte more is refused with both sizes', async () => {
  const fits = await folder.write('fits', 'x'.repeat(65_536));
  const large = await folder.write('large', 'x'.repeat(65_537));
  expect((await read(fits)).text).toHaveLength(65_536);
  const error = await failureOf(large);
  expect(error.code).toBe('invalid_config');
  expect(error.message).toContain('has 65537 bytes; at most 65536 are read');
});

test('a file of 10 MB is refused before it is read', async () => {
  const prototype = await fileHandlePrototype();
  const reads = vi.spyOn(prototype, 'read');
  expect((await failureOf(await folder.write('large', Buffer.alloc(10_000_000, 97)))).code).toBe(
    'invalid_config',
  );
  expect(reads).not.toHaveBeenCalled();
});

test('a caller may set another limit', async () => {
  const path = await folder.write('key', '12345');
  expect((await read(path, { maxBytes: 5 })).text).toBe('12345');
  expect((await failureOf(path, { maxBytes: 4 })).code).toBe('invalid_config');
});

test('a UTF-8 byte order mark is taken off', async () => {
  expect((await read(await folder.write('key', '\uFEFFKEY=x'))).text).toBe('KEY=x');
});

test('UTF-16, with a mark or without, is told from text, and nothing of it is shown', async () => {
  const key = makeTestKey();
  const little = Buffer.from(key, 'utf16le');
  const big = Buffer.from(little).swap16();
  const contents = [
    little,
    big,
    Buffer.concat([Buffer.from([0xff, 0xfe]), little]),
    Buffer.from([0xfe, 0xff, 0xd8]),
  ];
  for (const content of contents) {
    const error = await failureOf(await folder.write('key', content));
    expect(error.code).toBe('invalid_config');
    expect(error.hint).toContain('Save it as UTF-8');
    expect(findLeaks(error, [key])).toEqual([]);
  }
});

test('a stray byte of another encoding does not spoil the rest', async () => {
  const path = await folder.write('key', Buffer.from('# caf\xe9\nKEY=x\n', 'latin1'));
  expect((await read(path)).text).toBe('# caf\uFFFD\nKEY=x\n');
});
