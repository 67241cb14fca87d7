import {
  appendFile,
  mkdir,
  readdir,
  readlink,
  rename,
  stat,
  utimes,
  writeFile,
  type FileHandle,
} from 'node:fs/promises';
import process from 'node:process';
import { findLeaks, makeTestKey } from '@magic-hour-keys/testing';
import { expect, test, vi } from 'vitest';
import { failureOf, fileHandlePrototype, read } from './read-for-test.ts';
import { temporaryFolder } from './temporary-folder.ts';

const folder = temporaryFolder();
/** At this time every file is a young one, however slow the machine is. */
const longAgo = (): number => 0;

test('a file that was just written is read again until two reads agree', async () => {
  const path = folder.path('key');
  await writeFile(path, 'half');
  const pauses: number[] = [];
  const file = await read(path, {
    wallMs: longAgo,
    async pause(ms) {
      pauses.push(ms);
      if (pauses.length === 1) await appendFile(path, ' and half');
    },
  });
  expect(file.text).toBe('half and half');
  expect(pauses).toEqual([50, 50]);
});

test('a file that keeps changing is unavailable after five reads, and never taken', async () => {
  const path = folder.path('key');
  await writeFile(path, 'x');
  let pauses = 0;
  const error = await failureOf(path, {
    wallMs: longAgo,
    async pause() {
      pauses += 1;
      await appendFile(path, 'x');
    },
  });
  expect(error).toMatchObject({ code: 'unavailable', transient: true });
  expect(error.message).toContain('is being written');
  expect(error.hint).toContain('rename');
  expect(pauses).toBe(4);
});

test('a new file that replaces a young one with the same text has to agree with itself', async () => {
  const path = folder.path('key');
  await writeFile(path, 'same');
  let pauses = 0;
  await read(path, {
    wallMs: longAgo,
    async pause() {
      pauses += 1;
      if (pauses > 1) return;
      await writeFile(folder.path('next'), 'same');
      await rename(folder.path('next'), path);
    },
  });
  expect(pauses).toBe(2);
});

test('two writes within one tick of the clock are told apart by what they wrote', async () => {
  const path = await folder.write('key', 'half....');
  const { mtime } = await stat(path);
  let pauses = 0;
  const file = await read(path, {
    wallMs: longAgo,
    async pause() {
      pauses += 1;
      await writeFile(path, 'complete');
      await utimes(path, mtime, mtime);
    },
  });
  expect(file.text).toBe('complete');
  expect(pauses).toBe(2);
});

test('a file from the future is read twice, because a disk in the network may have another clock', async () => {
  const path = await folder.write('key', 'x');
  const future = new Date(Date.now() + 3_600_000);
  await utimes(path, future, future);
  let pauses = 0;
  const file = await read(path, {
    async pause() {
      pauses += 1;
    },
  });
  expect(file.text).toBe('x');
  expect(pauses).toBe(1);
});

test('a file of exactly 100 ms is taken at once', async () => {
  const path = await folder.write('key', 'x');
  const at = new Date(1_700_000_000_000);
  await utimes(path, at, at);
  expect((await read(path, { wallMs: () => at.getTime() + 100 })).text).toBe('x');
  await expect(read(path, { wallMs: () => at.getTime() + 99 })).rejects.toThrow('a second time');
});

test('a file that grows or shrinks while it is read is read again', async () => {
  const path = await folder.write('key', 'abc');
  const changes = ['abcdef', 'a'];
  await changeDuringReads(async () => {
    const change = changes.shift();
    if (change !== undefined) await writeFile(path, change);
  });
  expect(await readAgain(path)).toEqual({ text: 'a', pauses: 2 });
});

test('growth is seen although the time of the file does not show it', async () => {
  const path = await folder.write('key', 'abc');
  const { mtime } = await stat(path);
  const changes = ['abcdef'];
  await changeDuringReads(async () => {
    const change = changes.shift();
    if (change === undefined) return;
    await writeFile(path, change);
    await utimes(path, mtime, mtime);
  });
  expect(await readAgain(path)).toEqual({ text: 'abcdef', pauses: 1 });
});

test.each(['EIO', 'ESTALE', 'EMFILE', 'ENFILE', 'EBUSY'])(
  '%s of the disk means unavailable',
  async (code) => {
    const prototype = await fileHandlePrototype();
    const planted = makeTestKey();
    vi.spyOn(prototype, 'read').mockRejectedValue(Object.assign(new Error(planted), { code }));
    const error = await failureOf(await folder.write('key', 'x'));
    expect(error).toMatchObject({ code: 'unavailable', transient: true, upstream: { name: code } });
    expect(error.hint).toContain(code.endsWith('FILE') ? 'ulimit -n' : 'Check the disk');
    expect(findLeaks(error, [planted])).toEqual([]);
  },
);

test('every descriptor is closed again, whatever happened', async (context) => {
  if (process.platform !== 'linux') context.skip('only Linux lists the open descriptors under /proc');
  const prototype = await fileHandlePrototype();
  await read(await folder.write('good', 'x'));
  await failureOf(await folder.write('large', 'x'.repeat(70_000)));
  await mkdir(folder.path('folder'));
  await failureOf(folder.path('folder'));
  let openMeanwhile: readonly string[] = [];
  vi.spyOn(prototype, 'read').mockImplementation(async () => {
    openMeanwhile = await openFiles();
    throw Object.assign(new Error('x'), { code: 'EIO' });
  });
  await failureOf(folder.path('good'));
  expect(openMeanwhile).toEqual([folder.path('good')]);
  expect(await openFiles()).toEqual([]);
});

test('an abort rejects with its own reason, before the read and in a pause', async () => {
  const path = await folder.write('key', 'x');
  await expect(read(path, { signal: AbortSignal.abort('enough') })).rejects.toBe('enough');
  const controller = new AbortController();
  const young = read(path, {
    wallMs: longAgo,
    signal: controller.signal,
    async pause(_ms, signal) {
      controller.abort('later');
      signal?.throwIfAborted();
    },
  });
  await expect(young).rejects.toBe('later');
});

test('an abort while the file is being read is seen too', async () => {
  const prototype = await fileHandlePrototype();
  const controller = new AbortController();
  vi.spyOn(prototype, 'read').mockImplementation(async () => {
    controller.abort('meanwhile');
    return { bytesRead: 0, buffer: Buffer.alloc(0) };
  });
  const path = await folder.write('key', 'x');
  await expect(read(path, { signal: controller.signal })).rejects.toBe('meanwhile');
});

test('a file that is replaced by renaming all the while is never read half', async () => {
  const path = await folder.write('key', 'a'.repeat(40_000));
  const texts = ['a'.repeat(40_000), 'b'.repeat(30_000)];
  const stop = new AbortController();
  const writer = replaceForEver(path, texts, stop.signal);
  const seen: string[] = [];
  for (let i = 0; i < 300; i++) {
    seen.push((await read(path, { wallMs: () => Number.POSITIVE_INFINITY })).text);
  }
  stop.abort();
  await writer;
  expect(seen.every((text) => texts.includes(text))).toBe(true);
});

/** Does something to the file after it was opened and judged, and before it is read. */
async function changeDuringReads(change: () => Promise<void>): Promise<void> {
  const prototype = await fileHandlePrototype();
  const original = prototype.read;
  vi.spyOn(prototype, 'read').mockImplementation(async function readAfterChange(this: FileHandle, ...args) {
    await change();
    return original.apply(this, args);
  });
}

/** A file that is never a young one, so that every further read has another reason. */
async function readAgain(path: string): Promise<{ text: string; pauses: number }> {
  let pauses = 0;
  const { text } = await read(path, {
    wallMs: () => Number.POSITIVE_INFINITY,
    async pause() {
      pauses += 1;
    },
  });
  return { text, pauses };
}

async function replaceForEver(path: string, texts: readonly string[], stop: AbortSignal): Promise<void> {
  for (let i = 0; !stop.aborted; i++) {
    await writeFile(folder.path('next'), texts[i % texts.length] ?? '');
    await rename(folder.path('next'), path);
  }
}

/** The files of this test's folder that this process holds open. */
async function openFiles(): Promise<string[]> {
  const descriptors = await readdir('/proc/self/fd');
  const paths = await Promise.all(
    descriptors.map((name) => readlink(`/proc/self/fd/${name}`).catch(() => '')),
  );
  return paths.filter((path) => path.startsWith(folder.path('')));
}
