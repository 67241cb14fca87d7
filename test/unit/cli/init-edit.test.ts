// An environment is added to a file that somebody has written by hand, and everything else in it stays.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { setEnvironment } from '../../../packages/cli/src/init/set-environment.ts';
import { parseJsonc } from '../../../packages/config/src/parse-jsonc.ts';

const aws = { source: 'aws', secretId: 'prod/magic-hour' };

test.each<[string, string, string]>([
  [
    'comments stay beside what they speak of',
    `// Ask the platform team before you change this.
{
  "environments": {
    /* everybody has their own */
    "development": { "source": "env" }, // not in git
    "staging": { "source": "env" } // until May
    // "canary": { "source": "env" }
  }
}
`,
    `// Ask the platform team before you change this.
{
  "environments": {
    /* everybody has their own */
    "development": { "source": "env" }, // not in git
    "staging": { "source": "env" }, // until May
    // "canary": { "source": "env" }
    "production": { "source": "aws", "secretId": "prod/magic-hour" }
  }
}
`,
  ],
  [
    'a trailing comma stays one, and tabs stay tabs',
    '{\n\t"environments": {\n\t\t"a": { "source": "env" },\n\t},\n}\n',
    '{\n\t"environments": {\n\t\t"a": { "source": "env" },\n\t\t"production": { "source": "aws", "secretId": "prod/magic-hour" },\n\t},\n}\n',
  ],
  [
    'line endings of Windows, four blanks and a byte order mark stay',
    '\uFEFF{\r\n    "environments": {\r\n        "a": { "source": "env" }\r\n    }\r\n}\r\n',
    '\uFEFF{\r\n    "environments": {\r\n        "a": { "source": "env" },\r\n        "production": { "source": "aws", "secretId": "prod/magic-hour" }\r\n    }\r\n}\r\n',
  ],
  [
    'a file in one line stays in one line',
    '{"environments":{"a":{"source":"env"}}}',
    '{"environments":{"a":{"source":"env"}, "production": { "source": "aws", "secretId": "prod/magic-hour" }}}',
  ],
  [
    'a bracket behind the last member gets a line of its own',
    '{ "environments": {\n  "a": { "source": "env" } } }',
    '{ "environments": {\n  "a": { "source": "env" },\n  "production": { "source": "aws", "secretId": "prod/magic-hour" }\n} }',
  ],
  [
    'empty lines stay where they are',
    '{\n  "environments": {\n\n    "a": { "source": "env" }\n\n  }\n}\n',
    '{\n  "environments": {\n\n    "a": { "source": "env" },\n    "production": { "source": "aws", "secretId": "prod/magic-hour" }\n\n  }\n}\n',
  ],
  [
    'an empty list of environments gets its first one',
    '{\n  "environments": {\n    // none yet\n  }\n}\n',
    '{\n  "environments": {\n    // none yet\n    "production": { "source": "aws", "secretId": "prod/magic-hour" }\n  }\n}\n',
  ],
  [
    'brackets, quotes and comment signs inside of texts are text',
    '{\n  "description": "a } \\" // b",\n  "environments": {\n    "a": { "source": "env", "files": ["{/*", "]"] /* } */ }\n  }\n}\n',
    '{\n  "description": "a } \\" // b",\n  "environments": {\n    "a": { "source": "env", "files": ["{/*", "]"] /* } */ },\n    "production": { "source": "aws", "secretId": "prod/magic-hour" }\n  }\n}\n',
  ],
  [
    'one that is there is replaced in its place',
    '{\n  "environments": {\n    "production": { "source": "env" }, // the real one\n    "b": { "source": "env" }\n  }\n}\n',
    '{\n  "environments": {\n    "production": { "source": "aws", "secretId": "prod/magic-hour" }, // the real one\n    "b": { "source": "env" }\n  }\n}\n',
  ],
])('%s', (_, before, after) => {
  expect(setEnvironment(before, 'production', aws)).toBe(after);
});

test('what is too long for a line gets one for each member', () => {
  const content = { ...aws, auth: { method: 'static', accessKeyId: { env: 'A'.repeat(70) } } };
  expect(setEnvironment('{\n  "environments": {\n    "a": {}\n  }\n}', 'b', content)).toContain(
    `    "b": {\n      "source": "aws",\n      "secretId": "prod/magic-hour",\n      "auth": {\n        "method": "static",\n        "accessKeyId": { "env": "${'A'.repeat(70)}" }\n      }\n    }\n  }`,
  );
});

const blank = fc.constantFrom('', ' ', '\n', '\r\n', '\t', '\n\n  ');
const comment = fc.constantFrom('', '/* } */', '// "x": {}, [\n', '/*\n * "environments": {\n */', '//\r\n');
const gap = fc.tuple(blank, comment, blank).map((parts) => parts.join(''));
const scalar = fc.oneof(fc.string(), fc.double({ noNaN: true, noDefaultInfinity: true }), fc.boolean());

/** A value as somebody may have written it: any blanks, comments and commas. */
const written: fc.Arbitrary<string> = fc.letrec<{ value: string; list: string; object: string }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    scalar.map((value) => JSON.stringify(value)),
    tie('list'),
    tie('object'),
  ),
  list: fc
    .tuple(fc.array(fc.tuple(gap, tie('value'), gap), { maxLength: 3 }), fc.boolean(), gap)
    .map(([items, comma, end]) => `[${joined(items, comma)}${end}]`),
  object: fc
    .tuple(fc.uniqueArray(fc.string(), { maxLength: 3 }), fc.array(tie('value')), gap, fc.boolean(), gap)
    .map(([names, values, space, comma, end]) => {
      const members = names.slice(0, values.length).map((name, index) => {
        return [space, `${JSON.stringify(name)}${space}:${space}${values[index]}`, space] as const;
      });
      return `{${joined(members, comma)}${end}}`;
    }),
})).object;

function joined(items: readonly (readonly string[])[], comma: boolean): string {
  return items.map((parts) => parts.join('')).join(',') + (comma && items.length > 0 ? ',' : '');
}

test('whatever a file looks like, the environment is in it afterwards, and so is every comment', () => {
  fc.assert(
    fc.property(
      written,
      gap,
      gap,
      fc.constantFrom('a', 'production'),
      (environments, before, after, name) => {
        const text = `${before}{"description": "",${after}"environments":${before}${environments}${after}}${after}`;
        const edited = setEnvironment(text, name, aws);
        const { value: old } = parseJsonc(text) as { value: { environments: object } };
        const { value, problems } = parseJsonc(edited);
        expect(problems).toEqual([]);
        const expected = { ...old, environments: { ...old.environments, [name]: aws } };
        expect(JSON.parse(JSON.stringify(value))).toEqual(JSON.parse(JSON.stringify(expected)));
        if (!Object.hasOwn(old.environments, name)) expect(isSubsequence(text, edited)).toBe(true);
      },
    ),
    { numRuns: 500 },
  );
});

/** Nothing of the text is missing, and all of it is in the same order; blanks before a bracket aside. */
function isSubsequence(text: string, edited: string): boolean {
  let at = 0;
  for (const character of text.replaceAll(/\s/g, '')) {
    at = edited.indexOf(character, at) + 1;
    if (at === 0) return false;
  }
  return true;
}
