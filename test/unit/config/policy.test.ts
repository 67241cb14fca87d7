import { checkConfig } from '@magic-hour-keys/config';
import { expect, test } from 'vitest';
import { inDevelopment, pointersOf, problemsOf } from './config-for-test.ts';

function policyOf(policy: unknown): unknown {
  const { environments } = checkConfig({ env: {}, config: inDevelopment({ source: 'env', policy }) });
  return environments[0]?.policy;
}

test('durations become milliseconds', () => {
  const policy = {
    fresh: '10m',
    maxStale: '6h',
    deadline: '10s',
    attempt: '500ms',
    deniedGrace: '0s',
    maxAge: '90d',
    watch: false,
  };
  expect(policyOf(policy)).toEqual({
    freshMs: 600_000,
    maxStaleMs: 21_600_000,
    deadlineMs: 10_000,
    attemptMs: 500,
    deniedGraceMs: 0,
    maxAgeMs: 7_776_000_000,
    watch: false,
  });
});

test('what is not said keeps its default', () => {
  expect(policyOf({})).toEqual({});
  expect(policyOf({ watch: true })).toEqual({ watch: true });
});

test.each([
  [10],
  ['10'],
  ['10 m'],
  ['1.5h'],
  ['-1s'],
  ['10M'],
  ['1h30m'],
  [''],
  [null],
  [['10m']],
  ['1234567890s'],
])('the duration %j is refused, with the hint to give a unit', (fresh) => {
  const [problem, ...others] = problemsOf(inDevelopment({ source: 'env', policy: { fresh } }));
  expect(problem).toContain(
    '/environments/development/policy/fresh: must be a duration with its unit, such as',
  );
  expect(others).toEqual([]);
});

test.each(['deadline', 'attempt'])('%s must be above 0', (name) => {
  const config = inDevelopment({ source: 'env', policy: { [name]: '0s' } });
  expect(problemsOf(config)[0]).toContain(`policy/${name}: must be a duration above 0`);
});

test('watch is true or false', () => {
  const config = inDevelopment({ source: 'env', policy: { watch: 'yes' } });
  expect(problemsOf(config)[0]).toContain('policy/watch: must be true or false');
});

test('all wrong members are told at once, and a misspelt one with what it may mean', () => {
  const config = inDevelopment({
    source: 'env',
    policy: { fresh: 1, maxstale: '1h', refresh: '1m', attempt: 2 },
  });
  const pointer = '/environments/development/policy';
  expect([...pointersOf(config)].toSorted()).toEqual(
    ['attempt', 'fresh', 'maxstale', 'refresh'].map((name) => `${pointer}/${name}`),
  );
  expect(problemsOf(config).find((problem) => problem.includes('maxstale'))).toContain(
    'Did you mean "maxStale"?',
  );
});

test.each([[[]], ['10m'], [null], [5]])('a policy of %j is no object', (policy) => {
  expect(problemsOf(inDevelopment({ source: 'env', policy }))).toEqual([
    '/environments/development/policy: must be an object, such as { "fresh": "10m" }',
  ]);
});
