import { makeTestKey } from '@magic-hour-keys/testing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DEEPEST, parseJsonc } from '../../../packages/config/src/parse-jsonc.ts';

/** Objects of the parser have no prototype, which `toEqual` does not mind. */
function valueOf(text: string): unknown {
  const { value, problems } = parseJsonc(text);
  expect(problems).toEqual([]);
  return value;
}

function problemOf(text: string): string | undefined {
  return parseJsonc(text).problems[0]?.message;
}

test('any JSON is read as JSON.parse reads it', () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 6 }), (text) => {
      expect(JSON.stringify(valueOf(text))).toBe(JSON.stringify(JSON.parse(text)));
    }),
  );
});

test('any change of a character is refused where JSON.parse refuses it, apart from comments and commas', () => {
  const base = '{"a": [1, -2.5e3, true, null, "x\\u0041\\n"], "b": {"c": "d"}}';
  fc.assert(
    fc.property(
      fc.nat(base.length),
      fc.nat(2),
      fc.oneof(fc.constantFrom(...'{}[]",:0.-e\\tn \n\u0000\ufeff'), fc.string({ maxLength: 2 })),
      (at, removed, inserted) => {
        const text = base.slice(0, at) + inserted + base.slice(at + removed);
        fc.pre(!text.includes('/') && !/,\s*[\]}]/.test(text));
        const { value, problems } = parseJsonc(text);
        if (problems.some(({ message }) => message === 'is there twice')) return;
        expect({ text, refused: problems.length > 0 }).toEqual({ text, refused: !isJson(text) });
        if (problems.length === 0) expect(JSON.stringify(value)).toBe(JSON.stringify(JSON.parse(text)));
      },
    ),
    { numRuns: 500 },
  );
});

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

test('comments and trailing commas may stand where blanks may', () => {
  const text = `// first
  { /* a */ "list" /* b */ : [ 1, /* c */ 2, ], // d
    "url": "https://host/path", // not a comment in a string
    "object": { "x": "/* y */", },
  } /* last */ // really`;
  expect(valueOf(text)).toEqual({ list: [1, 2], url: 'https://host/path', object: { x: '/* y */' } });
});

test.each([
  ['', 'line 1, column 1: expected a JSON value'],
  ['{', 'line 1, column 2: expected a name in double quotes, or }'],
  ["{'a': 1}", 'line 1, column 2: expected a name in double quotes, or }'],
  ['{a: 1}', 'line 1, column 2: expected a name in double quotes, or }'],
  ['{"a" 1}', 'line 1, column 6: expected a colon'],
  ['{"a": 1\n "b": 2}', 'line 2, column 2: expected a comma, or }'],
  ['[1 2]', 'line 1, column 4: expected a comma, or ]'],
  ['[,]', 'line 1, column 2: expected a JSON value'],
  ['{"a": }', 'line 1, column 7: expected a JSON value'],
  ['{"a": "b\n"}', 'line 1, column 7: expected a string on one line, in double quotes, with JSON escapes'],
  ['{"a": "\\x"}', 'line 1, column 7: expected a string on one line, in double quotes, with JSON escapes'],
  ['{"a": "', 'line 1, column 7: expected a string on one line, in double quotes, with JSON escapes'],
  ['{"a": 01}', 'line 1, column 7: expected a JSON value'],
  ['{"a": NaN}', 'line 1, column 7: expected a JSON value'],
  ['{"a": truth}', 'line 1, column 7: expected a JSON value'],
  ['{} {}', 'line 1, column 4: expected the end of the file'],
  ['{}\r\n/* open', 'line 2, column 1: expected the comment to end with */'],
  ['{ / }', 'line 1, column 3: expected a JSON value'],
])('a mistake is told by line and column, without the text: %j', (text, expected) => {
  expect(problemOf(text)).toBe(expected);
});

test('ten thousand brackets are refused instead of overflowing the stack', () => {
  expect(problemOf('['.repeat(10_000))).toContain(`expected at most ${DEEPEST} levels`);
  expect(problemOf('{"a":'.repeat(10_000))).toContain(`expected at most ${DEEPEST} levels`);
});

test('a name that is there twice is a problem with its pointer', () => {
  expect(parseJsonc('{"a": {"b/c": 1, "b/c": 2}}').problems).toEqual([
    { pointer: '/a/b~1c', message: 'is there twice' },
  ]);
});

test('dangerous names are members like any other, and reach no prototype', () => {
  const value = valueOf('{"__proto__": {"polluted": true}}');
  expect(Object.getPrototypeOf(value)).toBeNull();
  expect(Object.keys(value as object)).toEqual(['__proto__']);
  expect(Reflect.get({}, 'polluted')).toBeUndefined();
});

test.each(['// %s\n{}', '{} // %s', '/*\n %s */ {}'])('a key in a comment is found: %j', (text) => {
  const key = makeTestKey();
  const message = problemOf(text.replace('%s', key));
  expect(message).toContain('this comment holds what looks like an API key');
  expect(message).not.toContain(key);
});
