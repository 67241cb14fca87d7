import { expect, test } from 'vitest';
import { widthOf, wrap } from '../../../../packages/cli/src/terminal/lines.ts';
import { styleFor } from '../../../../packages/cli/src/terminal/style.ts';

const write = (): void => undefined;
const SCREEN = { write, isTTY: true, columns: 100 };
const PIPE = { write };

const isColoured = (output: typeof PIPE, env: Record<string, string>): boolean =>
  styleFor(output, env).bad('no') !== 'no';

test.each<[string, typeof PIPE, Record<string, string>, boolean]>([
  ['on a screen', SCREEN, {}, true],
  ['on a screen with NO_COLOR', SCREEN, { NO_COLOR: '1' }, false],
  ['on a screen with an empty NO_COLOR, which says nothing', SCREEN, { NO_COLOR: '' }, true],
  ['on a screen that can do nothing', SCREEN, { TERM: 'dumb' }, false],
  ['in a pipe', PIPE, { TERM: 'xterm' }, false],
  ['in a pipe with FORCE_COLOR', PIPE, { FORCE_COLOR: '1' }, true],
  ['with FORCE_COLOR=0 on a screen', SCREEN, { FORCE_COLOR: '0' }, false],
  ['with FORCE_COLOR beside NO_COLOR', PIPE, { FORCE_COLOR: '3', NO_COLOR: '1' }, true],
])('colours %s', (_name, output, env, expected) => {
  expect(isColoured(output, env)).toBe(expected);
});

test('each style ends where it ends, so that one can stand within another', () => {
  const { dim, good } = styleFor(SCREEN, {});
  expect(dim(`a ${good('b')} c`)).toBe('\u001B[2ma \u001B[32mb\u001B[39m c\u001B[22m');
});

test('the width is that of the screen, and 80 where there is none', () => {
  expect([SCREEN, PIPE, { ...SCREEN, columns: 0 }, { write, columns: 40 }].map(widthOf)).toEqual([
    100, 80, 80, 80,
  ]);
});

test('text is broken between words, and further lines are indented', () => {
  expect(wrap('mhk: one two three four', { width: 12, indent: '  ' })).toBe('mhk: one two\n  three four');
});

test('a word that is too long stays whole, because somebody may want to copy it', () => {
  const url = `https://example.com/${'long/'.repeat(8)}`;
  expect(wrap(`see ${url} there`, { width: 20 })).toBe(`see\n${url}\nthere`);
});

test('line breaks, columns and blanks at the beginning stay', () => {
  expect(wrap('  a  b\n  c', { width: 20, indent: '    ' })).toBe('  a  b\n      c');
});

test('colours take no room', () => {
  const { good } = styleFor(SCREEN, {});
  const text = `${good('aaa')} ${good('bbb')} ccc`;
  expect(wrap(text, { width: 7 })).toBe(`${good('aaa')} ${good('bbb')}\nccc`);
});
