import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { ask, askYesNo, mayAsk } from '../../../../packages/cli/src/terminal/ask.ts';
import type { CliIo } from '../../../../packages/cli/src/io.ts';

interface Screen {
  readonly io: CliIo;
  readonly input: PassThrough & { isTTY?: boolean };
  shown(): string;
}

function screen(env: Record<string, string> = {}, isTTY = true): Screen {
  let shown = '';
  const input = Object.assign(new PassThrough(), { isTTY });
  const stderr = { isTTY, write: (text: string | Uint8Array) => void (shown += text.toString()) };
  const stdout = { write: () => expect.unreachable('a question is no data') };
  return { io: { stdout, stderr, stdin: input, env, cwd: '.' }, input, shown: () => shown };
}

test('a question is put on stderr, and the line that was typed is the answer', async () => {
  const { io, input, shown } = screen();
  input.write('  eu-west-1 \r\n');
  expect(await ask(io, 'Which region?')).toBe('eu-west-1');
  expect(shown()).toBe('Which region? ');
});

test('an empty answer is the fallback, which is shown', async () => {
  const { io, input, shown } = screen();
  input.write('\n');
  expect(await ask(io, 'Which file?', { fallback: '.env' })).toBe('.env');
  expect(shown()).toBe('Which file? [.env] ');
});

test('without a fallback the question is put again', async () => {
  const { io, input, shown } = screen();
  input.write('\n\nvault\n');
  expect(await ask(io, 'Which source?')).toBe('vault');
  expect(shown()).toBe('Which source? '.repeat(3));
});

test('what was typed ahead answers the next question, also where it arrives in pieces', async () => {
  const { io, input } = screen();
  input.write('fir');
  const first = ask(io, 'One?');
  input.write('st\nseco');
  expect(await first).toBe('first');
  const second = ask(io, 'Two?');
  input.write('nd\nthird\n');
  expect(await second).toBe('second');
  expect(await ask(io, 'Three?')).toBe('third');
});

test.each([
  ['y', true],
  ['YES', true],
  ['n', false],
  ['No', false],
])('%j is a yes: %j', async (typed, expected) => {
  const { io, input } = screen();
  input.write(`${typed}\n`);
  expect(await askYesNo(io, 'Go on?', true)).toBe(expected);
});

test('an empty answer is the one in capitals', async () => {
  const { io, input, shown } = screen();
  input.write('\n\n');
  expect(await askYesNo(io, 'Go on?', true)).toBe(true);
  expect(await askYesNo(io, 'Go on?', false)).toBe(false);
  expect(shown()).toBe('Go on? (Y/n) Go on? (y/N) ');
});

test('what is neither yes nor no is asked again', async () => {
  const { io, input, shown } = screen();
  input.write('perhaps\nn\n');
  expect(await askYesNo(io, 'Go on?', true)).toBe(false);
  expect(shown()).toContain('Please answer y or n.\nGo on? (Y/n) ');
});

test('where the input ends, the command ends as a usage error that names the way without questions', async () => {
  for (const end of ['now', 'already']) {
    const { io, input } = screen();
    input.end();
    if (end === 'already') {
      input.resume();
      await new Promise((resolve) => input.once('end', resolve));
    }
    await expect(ask(io, 'Which?', { fallback: 'x' })).rejects.toMatchObject({ code: 'usage', exitCode: 64 });
  }
});

test('nothing is asked without a terminal at both ends, nor in CI', () => {
  expect(mayAsk(screen().io)).toBe(true);
  expect(mayAsk(screen({ CI: 'false' }).io)).toBe(true);
  expect(mayAsk(screen({ CI: 'true' }).io)).toBe(false);
  expect(mayAsk(screen({}, false).io)).toBe(false);
  const { io } = screen();
  expect(mayAsk({ ...io, stdin: undefined })).toBe(false);
  expect(mayAsk({ ...io, stderr: { write: () => undefined } })).toBe(false);
});
