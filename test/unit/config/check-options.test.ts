// The shapes that backends with a login have, which the built-in source of today does not.
import { createRequire } from 'node:module';
import { findLeaks, makeTestKey } from '@magic-hour-keys/testing';
import { expect, test } from 'vitest';
import { checkOptions, pointersBelow } from '../../../packages/config/src/check-options.ts';
import { createProblemList } from '../../../packages/config/src/problem.ts';
import { showProblem } from './config-for-test.ts';

type Schema = Parameters<typeof checkOptions>[0];
type Make = (...parts: readonly unknown[]) => Schema;
type Maker =
  | 'strictObject'
  | 'optional'
  | 'pipe'
  | 'string'
  | 'number'
  | 'array'
  | 'literal'
  | 'picklist'
  | 'variant'
  | 'union'
  | 'minLength'
  | 'check'
  | 'description'
  | 'metadata';

// valibot is a dependency of the package, not of the workspace.
const v = createRequire(new URL('../../../packages/config/package.json', import.meta.url))(
  'valibot',
) as Readonly<Record<Maker, Make>>;

const schema = v.strictObject({
  address: v.pipe(v.string(), v.description('Where the store listens.')),
  port: v.optional(v.number(), 8200),
  kind: v.optional(v.picklist(['a', 'b'])),
  tags: v.optional(v.array(v.strictObject({ name: v.string() }))),
  retries: v.optional(
    v.pipe(
      v.string(),
      v.check(() => false),
      v.metadata({ expectation: 'a small number' }),
    ),
  ),
  names: v.optional(v.pipe(v.array(v.string()), v.minLength(2))),
  auth: v.optional(
    v.variant('method', [
      v.strictObject({ method: v.literal('token'), token: v.union([v.strictObject({ env: v.string() })]) }),
      v.strictObject({
        method: v.literal('kubernetes'),
        role: v.pipe(v.string(), v.description('The role.')),
      }),
    ]),
  ),
});

function check(value: unknown): { value: unknown; problems: readonly string[] } {
  const problems = createProblemList();
  const checked = checkOptions(schema, value, {
    problems,
    pointerOf: pointersBelow('/x'),
    owner: 'the source "x"',
  });
  return { value: checked.value, problems: problems.all.map(showProblem) };
}

test('good options come out with the defaults', () => {
  const auth = { method: 'kubernetes', role: 'worker' };
  expect(check({ address: 'a', auth })).toEqual({ value: { address: 'a', port: 8200, auth }, problems: [] });
});

test.each<[unknown, readonly string[]]>([
  [{}, ['/x/address: is missing (Where the store listens)']],
  [{ address: 1 }, ['/x/address: must be text (Where the store listens)']],
  [{ address: 'a', port: '8200' }, ['/x/port: must be a number']],
  [{ address: 'a', kind: 'c' }, ['/x/kind: must be ("a" or "b")']],
  [{ address: 'a', names: ['a'] }, ['/x/names: must be >=2']],
  [{ address: 'a', retries: 'x' }, ['/x/retries: must be a small number']],
  [{ address: 'a', auth: 'token' }, ['/x/auth: must be an object']],
  [
    { address: 'a', auth: [] },
    ['/x/auth: must be an object, not a list', '/x/auth/method: must be ("token" or "kubernetes")'],
  ],
  [{ address: 'a', auth: {} }, ['/x/auth/method: must be ("token" or "kubernetes")']],
  [{ address: 'a', auth: { method: 'ldap' } }, ['/x/auth/method: must be ("token" or "kubernetes")']],
  [{ address: 'a', auth: { method: 'kubernetes' } }, ['/x/auth/role: is missing (The role)']],
  [
    { address: 'a', tags: [{ name: 'n' }, { name: 1 }, 5] },
    ['/x/tags/1/name: must be text', '/x/tags/2: must be an object'],
  ],
])('%j is refused with what is expected', (value, problems) => {
  expect(check(value)).toEqual({ value: undefined, problems });
});

test('unknown names are found at every depth, all of them, before anything else', () => {
  const value = {
    adress: 'a',
    x: 1,
    tags: [{ name: 'n', nam: 'm' }],
    auth: { method: 'kubernetes', rol: 'r' },
  };
  expect(check(value).problems).toEqual([
    '/x/adress: is not an option of the source "x", which takes "address", "port", "kind", "tags", "retries", "names" and "auth". Did you mean "address"?',
    '/x/x: is not an option of the source "x", which takes "address", "port", "kind", "tags", "retries", "names" and "auth".',
    '/x/tags/0/nam: is not an option of "tags.0" of the source "x", which takes "name". Did you mean "name"?',
    '/x/auth/rol: is not an option of "auth" of the source "x", which takes "method" and "role". Did you mean "role"?',
    '/x/address: is missing (Where the store listens)',
    '/x/auth/role: is missing (The role)',
  ]);
});

test('words of the configuration are explained where they stand among options', () => {
  const problems = check({ address: 'a', via: 1, $schema: 'x' }).problems;
  expect(problems).toEqual([
    '/x/via: is reserved and has no meaning yet',
    '/x/$schema: stands at the top of the file',
  ]);
});

test('whatever stands in the place of an option, it is never shown', () => {
  const secret = makeTestKey();
  const places = ['address', 'port', 'kind', 'tags', 'retries', 'names', 'auth', secret];
  const values = [
    secret,
    [secret],
    { [secret]: secret },
    { method: secret },
    { method: 'token', token: secret },
    [{ name: { [secret]: 1 } }],
  ];
  const found = places.flatMap((place) => values.map((value) => check({ address: 'a', [place]: value })));
  expect(found.filter(({ problems }) => problems.length > 0).length).toBeGreaterThan(40);
  expect(
    findLeaks(
      found.map(({ problems }) => problems),
      [secret],
    ),
  ).toEqual([]);
});
