// The small rules that the checks are made of. They are imported by path, because the package exports the program alone.
import { describe, expect, test } from 'vitest';
import { keysInFiles } from '../../../packages/cli/src/doctor/checks/keys-in-files.ts';
import { slowStore } from '../../../packages/cli/src/doctor/checks/slow-store.ts';
import { readAssignments } from '../../../packages/cli/src/doctor/env-assignments.ts';
import type { DoctorFacts } from '../../../packages/cli/src/doctor/facts.ts';
import { findEndpoint } from '../../../packages/cli/src/doctor/find-endpoint.ts';
import { findMisusedClients } from '../../../packages/cli/src/doctor/find-misused-clients.ts';
import { isLeftOut } from '../../../packages/cli/src/project/ignore-rules.ts';
import { satisfiesRange } from '../../../packages/cli/src/doctor/satisfies-range.ts';

describe('ranges of versions', () => {
  test.each([
    ['3.1163.0', '^3.709.0', true],
    ['3.708.9', '^3.709.0', false],
    ['4.0.0', '^3.709.0', false],
    ['0.12.4', '^0.12.0', true],
    ['0.13.0', '^0.12.0', false],
    ['0.0.3', '^0.0.3', true],
    ['0.0.4', '^0.0.3', false],
    ['6.0.1', '^6.0.1 || ^7.0.0', true],
    ['6.0.0', '^6.0.1 || ^7.0.0', false],
    ['8.0.0', '^6.0.1 || ^7.0.0', false],
    ['20.20.0', '>=20.19', true],
    ['20.18.3', '>=20.19', false],
    ['21.0.0', '^20.19.0 || >=22.12.0', false],
    ['22.12.0', '^20.19.0 || >=22.12.0', true],
    ['18.0.0', '>= 18', true],
    ['17.9.9', '>= 18', false],
    ['20.1.0', '18 || 20 || >=22', true],
    ['21.1.0', '18 || 20 || >=22', false],
    ['20.1.0', '>20', false],
    ['21.0.0', '>20', true],
    ['20.9.0', '<=20', true],
    ['21.0.0', '<=20', false],
    ['14.17.0', '14.x', true],
    ['15.0.0', '14.x', false],
    ['1.2.9', '~1.2.3', true],
    ['1.3.0', '~1.2.3', false],
    ['1.9.0', '~1', true],
    ['2.0.0', '~1', false],
    ['1.5.0', '1.2 - 2', true],
    ['1.1.0', '1.2 - 2', false],
    ['99.0.0', '*', true],
    ['99.0.0', '', true],
    ['2.3.4', '>=1.0.0 <2.0.0', false],
    ['7.0.0-beta.1', '^7.0.0', true],
    ['20.0.0', 'node 20', undefined],
    ['latest', '^1.0.0', undefined],
  ])('%s in %s: %s', (version, range, expected) => {
    expect(satisfiesRange(version, range)).toBe(expected);
  });
});

describe('what ignore files leave out', () => {
  test.each([
    ['docker', '.env', '.env', true],
    ['docker', './.env', '.env', true],
    ['docker', '/.env', '.env', true],
    ['docker', '.env*', '.env.local', true],
    ['docker', '.env', 'app/.env', false],
    ['docker', '**/.env', 'app/.env', true],
    ['docker', '**/.env', '.env', true],
    ['docker', '*', '.env', true],
    ['docker', '*\n!.env', '.env', false],
    ['docker', '# .env', '.env', false],
    ['docker', 'secrets', 'secrets/key', true],
    ['docker', 'secrets/', 'secrets/key', true],
    ['git', '.env', 'app/.env', true],
    ['git', '/.env', 'app/.env', false],
    ['git', '.env.?', '.env.1', true],
    ['git', '.env.[!0-9]', '.env.1', false],
    ['git', '.env.*\n!.env.example', '.env.example', false],
    ['git', 'env', '.env', false],
    ['git', 'a.env', 'aXenv', false],
  ] as const)('%s, %j: %s is left out: %s', (style, rules, path, expected) => {
    expect(isLeftOut(path, rules, style)).toBe(expected);
  });
});

describe('clients of the Magic Hour SDK that are made with apiKey', () => {
  test.each([
    ['a default import', `import Client from 'magic-hour';\nnew Client({ apiKey: x });`, [2]],
    ['a named import', `import { Client } from "magic-hour";\nnew Client({ apiKey })`, [2]],
    ['a namespace', `import * as hour from 'magic-hour';\nnew hour.Client({ 'apiKey': x })`, [2]],
    [
      'a required one',
      `const { Client: C } = require('magic-hour');\n\nnew C({\n  timeout: 1,\n  apiKey: x,\n})`,
      [3],
    ],
    ['an awaited one', `const { Client } = await import('magic-hour');\nnew Client({ apiKey: x })`, [2]],
    [
      'two of them',
      `import Client from 'magic-hour';\nnew Client({apiKey: x});\nnew Client({apiKey: y});`,
      [2, 3],
    ],
    ['a token', `import Client from 'magic-hour';\nnew Client({ token: apiKey });`, []],
    ['both', `import Client from 'magic-hour';\nnew Client({ token: x, apiKey: x });`, []],
    ['another class', `import Client from 'magic-hour';\nnew Other({ apiKey: x });`, []],
    ['another package', `import Client from 'magic-hours';\nnew Client({ apiKey: x });`, []],
    ['a comment', `import Client from 'magic-hour';\n// new Client({ apiKey: x });`, []],
    ['a type alone', `import type Client from 'magic-hour';\nnew Client({ apiKey: x });`, []],
  ])('%s', (_name, code, lines) => {
    expect(findMisusedClients(Buffer.from(code))).toEqual(lines);
  });
});

/** One environment with one store that answered. */
function factsWith(readMs: number | undefined, policy: object = {}): DoctorFacts {
  const answer = { outcome: 'key', secondReadMs: readMs };
  const links = [{ name: 'vault', location: 'secret/x', title: 'Vault', answer }];
  return { environments: [{ name: 'production', policy, links }] } as unknown as DoctorFacts;
}

test.each([
  [1500, {}, false],
  [1501, {}, true],
  [501, { attemptMs: 1000 }, true],
  [1501, { attemptMs: 10_000 }, false],
  [undefined, {}, false],
])('a read of %s ms under %j is slow: %s', (readMs, policy, isSlow) => {
  expect(slowStore(factsWith(readMs, policy)).map(({ id, level }) => [id, level])).toEqual(
    isSlow ? [['store-slow', 'warning']] : [],
  );
});

test('a project that is too large to be looked through is told', () => {
  const search = { keys: [], clients: [], isComplete: false };
  expect(keysInFiles({ search, project: {} } as unknown as DoctorFacts)).toMatchObject([
    { id: 'search-incomplete', level: 'note', fix: 'mhk scan' },
  ]);
});

test('assignments are read as dotenv reads them, with their lines', () => {
  const text = `# A=1\nexport A = "a b" # c\r\nB='#b'\n\nC=c # d\nD: d\nnothing`;
  expect(readAssignments(text)).toEqual([
    { name: 'A', value: 'a b', line: 2 },
    { name: 'B', value: '#b', line: 3 },
    { name: 'C', value: 'c', line: 5 },
    { name: 'D', value: 'd', line: 6 },
  ]);
});

describe('where a store is', () => {
  const arn = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:x-AbCdEf';
  test.each([
    ['aws', { secretId: 'x', region: 'us-east-1' }, {}, 'https://secretsmanager.us-east-1.amazonaws.com/'],
    [
      'aws',
      { secretId: arn },
      { AWS_REGION: 'us-east-1' },
      'https://secretsmanager.eu-west-1.amazonaws.com/',
    ],
    [
      'aws',
      { secretId: 'x' },
      { AWS_REGION: 'cn-north-1' },
      'https://secretsmanager.cn-north-1.amazonaws.com.cn/',
    ],
    [
      'aws',
      { secretId: 'x', region: 'us-east-1', fips: true },
      {},
      'https://secretsmanager-fips.us-east-1.amazonaws.com/',
    ],
    [
      'aws',
      { secretId: 'x', region: 'us-east-1' },
      { AWS_ENDPOINT_URL: 'http://127.0.0.1:1' },
      'http://127.0.0.1:1/',
    ],
    ['aws', { secretId: 'x' }, {}, undefined],
    ['gcp', { secret: 'x' }, {}, 'https://secretmanager.googleapis.com/'],
    [
      'gcp',
      { secret: 'x', location: 'europe-west1' },
      {},
      'https://secretmanager.europe-west1.rep.googleapis.com/',
    ],
    ['azure', { vaultUrl: 'https://v.vault.azure.net', name: 'x' }, {}, 'https://v.vault.azure.net/'],
    ['vault', { path: 'a/b' }, { VAULT_ADDR: 'https://vault.internal:8200' }, 'https://vault.internal:8200/'],
    ['vault', { path: 'a/b' }, { VAULT_ADDR: 'nonsense' }, undefined],
    ['kubernetes', { name: 'x' }, {}, undefined],
  ])('%s with %j and %j: %s', (name, options, env, expected) => {
    expect(findEndpoint({ name, options }, env)?.href).toBe(expected);
  });
});
