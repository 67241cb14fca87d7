import { beforeEach, expect, test, vi } from 'vitest';
import { withProgress } from '../../../../packages/cli/src/terminal/progress.ts';
import type { CliIo } from '../../../../packages/cli/src/io.ts';

const ERASE = '\r\u001B[2K';

beforeEach(() => {
  vi.useFakeTimers();
  return () => vi.useRealTimers();
});

function screen({ isTTY = true, columns = 40, env = {} } = {}): { io: CliIo; shown: () => string } {
  let shown = '';
  const stderr = { isTTY, columns, write: (text: string | Uint8Array) => void (shown += text.toString()) };
  const stdout = { write: () => expect.unreachable('waiting is no data') };
  return { io: { stdout, stderr, env, cwd: '.' }, shown: () => shown };
}

function wait(ms: number): Promise<string> {
  return new Promise((resolve) => setTimeout(() => resolve('done'), ms));
}

test('whoever waits for less than a second sees nothing', async () => {
  const { io, shown } = screen();
  const running = withProgress(io, 'asking vault', () => wait(900));
  await vi.advanceTimersByTimeAsync(900);
  expect(await running).toBe('done');
  expect(shown()).toBe('');
});

test('from the first second on a line tells what it is and for how long, and in the end it is gone', async () => {
  const { io, shown } = screen();
  const running = withProgress(io, 'asking vault', () => wait(2500));
  await vi.advanceTimersByTimeAsync(2500);
  await running;
  expect(shown()).toBe(`${ERASE}asking vault, 1 s${ERASE}asking vault, 2 s${ERASE}`);
});

test('the text may change meanwhile', async () => {
  const { io, shown } = screen();
  const running = withProgress(io, 'one', async (update) => {
    update('two');
    await wait(1500);
    update('three');
  });
  await vi.advanceTimersByTimeAsync(1500);
  await running;
  expect(shown()).toBe(`${ERASE}two, 1 s${ERASE}three, 1 s${ERASE}`);
});

test('the line never fills the screen, where it could not be removed', async () => {
  const { io, shown } = screen({ columns: 20 });
  const running = withProgress(io, 'x'.repeat(100), () => wait(1500));
  await vi.advanceTimersByTimeAsync(1500);
  await running;
  expect(shown()).toBe(`${ERASE}${'x'.repeat(19)}${ERASE}`);
});

test('it is removed after a failure as well', async () => {
  const { io, shown } = screen();
  const running = withProgress(io, 'asking', async () => {
    await wait(1500);
    throw new Error('no');
  });
  const failure = running.catch((error: unknown) => error);
  await vi.advanceTimersByTimeAsync(1500);
  expect(await failure).toMatchObject({ message: 'no' });
  expect(shown().endsWith(ERASE)).toBe(true);
  expect(vi.getTimerCount()).toBe(0);
});

test.each([{ isTTY: false }, { env: { TERM: 'dumb' } }])('nothing is written with %j', async (options) => {
  const { io, shown } = screen(options);
  const running = withProgress(io, 'asking', async (update) => {
    update('still');
    return wait(5000);
  });
  await vi.advanceTimersByTimeAsync(5000);
  expect(await running).toBe('done');
  expect(shown()).toBe('');
});
