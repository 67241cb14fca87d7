// Doctor against every store, asked by its official SDK over a socket, and against a stand-in of the Magic Hour API.
import { findLeaks, makeTestKey, startFakeMagicHourApi } from '@magic-hour-keys/testing';
import type { BreakMode } from '@magic-hour-keys/testing/conformance';
import { startFakeVault } from '@magic-hour-keys/testing/fakes/vault';
import { expect, onTestFinished, test, vi } from 'vitest';
import { makeAwsHarness } from '../../conformance/harness/aws.ts';
import { makeAzureHarness } from '../../conformance/harness/azure.ts';
import { makeGcpHarness } from '../../conformance/harness/gcp.ts';
import type { ConfigurableHarness } from '../../conformance/harness/harness-options.ts';
import { makeKubernetesHarness } from '../../conformance/harness/kubernetes.ts';
import { makeVaultHarness } from '../../conformance/harness/vault.ts';
import { development, runDoctor, type DoctorRun } from '../../unit/cli/doctor-for-test.ts';
import { temporaryProject } from '../../unit/config/config-for-test.ts';

const project = temporaryProject();
const key = makeTestKey();
const FILE = 'magic-hour-keys.json';

interface Store {
  readonly make: () => Promise<ConfigurableHarness>;
  /** What grants the read. */
  readonly permission: RegExp;
  readonly sdk: string;
}

const STORES: Readonly<Record<string, Store>> = {
  aws: {
    make: makeAwsHarness,
    permission: /"Action": "secretsmanager:GetSecretValue",\n\s+"Resource": "arn:aws:.*prod\/magic-hour/,
    sdk: '@aws-sdk/client-secrets-manager',
  },
  azure: {
    make: makeAzureHarness,
    permission: /\naz role assignment create --role "Key Vault Secrets User"/,
    sdk: '@azure/keyvault-secrets',
  },
  gcp: {
    make: () => makeGcpHarness('rest'),
    permission:
      /\ngcloud secrets add-iam-policy-binding .*\n.*\n\s+--role=roles\/secretmanager\.secretAccessor/,
    sdk: '@google-cloud/secret-manager',
  },
  kubernetes: {
    make: makeKubernetesHarness,
    permission: /\nkind: Role\n[\s\S]*verbs: \['get', 'watch'\]/,
    sdk: '@kubernetes/client-node',
  },
  vault: {
    make: makeVaultHarness,
    permission: /\npath "secret\/data\/.*" \{\n\s+capabilities = \["read"\]\n\}/,
    sdk: 'node-vault',
  },
};
const NAMES = Object.keys(STORES);

async function startStore(name: string): Promise<ConfigurableHarness> {
  const harness = await STORES[name]?.make();
  if (!harness) throw new Error('there is no such store');
  onTestFinished(() => harness.close());
  await harness.put(key);
  return harness;
}

async function examine(
  { block, variables, secrets }: Pick<ConfigurableHarness, 'block' | 'variables' | 'secrets'>,
  { argv = [], policy = {} }: { readonly argv?: readonly string[]; readonly policy?: object } = {},
): Promise<DoctorRun> {
  await project.write(FILE, development({ ...block, policy }));
  const run = await runDoctor(argv, { cwd: project.path(''), env: variables });
  expect(findLeaks(run, [key, ...secrets])).toEqual([]);
  return run;
}

test.each(NAMES)('%s: a good store has no findings, and is told with SDK, login and times', async (name) => {
  const store = await startStore(name);
  const run = await examine(store);
  expect(run.findings).toEqual([]);
  expect([run.exitCode, run.text.exitCode]).toEqual([0, 0]);
  const { environments } = JSON.parse(run.stdout) as {
    environments: readonly { sources: readonly object[] }[];
  };
  expect(environments).toMatchObject([
    {
      name: 'development',
      used: 0,
      sources: [
        {
          source: name,
          outcome: 'key',
          last4: key.slice(-4),
          packages: expect.arrayContaining([
            {
              name: STORES[name]?.sdk,
              version: expect.stringMatching(/^\d+\.\d+\.\d+/),
              range: expect.any(String),
            },
          ]),
          firstReadMs: expect.any(Number),
          readMs: expect.any(Number),
        },
      ],
    },
  ]);
  expect(run.text.stdout).toContain(STORES[name]?.sdk);
  expect(run.text.stdout.replaceAll(/\s+/g, ' ')).toMatch(/ read in \d+ ms \(\d+ ms with SDK and login\), /);
});

test.each(NAMES)('%s: a missing permission is told by its name, with the policy to paste', async (name) => {
  const store = await startStore(name);
  await store.break('denied');
  const { findings, exitCode } = await examine(store);
  expect(exitCode).toBe(1);
  expect(findings).toMatchObject([
    {
      id: 'permission-missing',
      level: 'error',
      fix: expect.stringMatching(STORES[name]?.permission ?? ''),
    },
  ]);
});

const FAILURES: readonly (readonly [name: string, id: string, fix: RegExp, how: BreakMode | 'remove'])[] = [
  ['aws', 'login-failed', /aws sts get-caller-identity/, 'unauthenticated'],
  ['azure', 'login-failed', /tenant|secret|identity/i, 'unauthenticated'],
  ['vault', 'login-failed', /vault write -f auth\/approle\/role/, 'unauthenticated'],
  ['kubernetes', 'login-failed', /kubectl auth whoami|service account/, 'unauthenticated'],
  ['aws', 'key-missing', /^Create prod\/magic-hour in us-east-1/, 'remove'],
  ['vault', 'key-missing', /vault kv put/, 'remove'],
  ['kubernetes', 'key-missing', /kubectl .*create secret/, 'remove'],
];

test.each(FAILURES)('%s: %s', async (name, id, fix, how) => {
  const store = await startStore(name);
  await (how === 'remove' ? store.remove() : store.break(how));
  const { findings, exitCode } = await examine(store);
  expect(exitCode).toBe(1);
  expect(findings).toMatchObject([{ id, level: 'error', fix: expect.stringMatching(fix) }]);
});

test('a store that asks to slow down for longer than the policy waits', async () => {
  const store = await startStore('aws');
  // So that the SDK is loaded, which takes longer than the policy allows then.
  await examine(store);
  await store.break('throttled');
  const { findings } = await examine(store, { policy: { deadline: '2500ms' } });
  expect(findings).toMatchObject([{ id: 'store-throttled', fix: expect.stringContaining('`fresh`') }]);
});

test('a store that gives no answer', async () => {
  const store = await startStore('vault');
  await store.break('hang');
  const { findings } = await examine(store, { policy: { deadline: '1s' } });
  expect(findings).toMatchObject([{ id: 'store-timeout', level: 'error' }]);
});

test('a version that is switched off', async () => {
  const store = await startStore('azure');
  await store.disable?.();
  expect((await examine(store)).findings).toMatchObject([
    { id: 'key-disabled', level: 'error', fix: expect.stringMatching(/--enabled true/) },
  ]);
});

test('offline no store is contacted, and a store that is gone is no finding', async () => {
  const store = await startStore('vault');
  const { findings, stdout, text } = await examine(store, { argv: ['--offline'] });
  expect(findings).toEqual([]);
  expect(store.requestCount()).toBe(0);
  expect(stdout).toContain('"outcome": "not asked"');
  expect(text.stdout).toContain('not asked offline');
});

test('a key that is older than 90 days, or than the policy allows', async () => {
  const day = 86_400_000;
  await using vault = await startFakeVault({ wallMs: () => Date.now() - 100 * day });
  vault.enableKv('secret', 2);
  vault.writeSecret('secret/magic-hour', { api_key: key });
  const env = { VAULT_ADDR: vault.origin, VAULT_TOKEN: vault.rootToken };
  const source = { source: 'vault', path: 'secret/magic-hour' };
  await project.write(FILE, development(source));
  const { findings, exitCode, text } = await runDoctor([], { cwd: project.path(''), env });
  expect(exitCode).toBe(1);
  expect(findings).toMatchObject([
    {
      id: 'key-old',
      level: 'warning',
      title: expect.stringContaining('stored 100 days ago, and 90 is the limit'),
    },
  ]);
  expect(findings[0]?.fix).toContain('Make a new key in the Magic Hour Developer Hub');
  expect(text.stdout).toContain('login: VAULT_TOKEN');
  expect(text.stdout).toMatch(/127\.0\.0\.1: TCP \d+ ms\n/);
  await project.write(FILE, development({ ...source, policy: { maxAge: '365d' } }));
  expect((await runDoctor([], { cwd: project.path(''), env })).findings).toEqual([]);
});

test('a store that nobody answers for', async () => {
  const vault = await startFakeVault();
  const env = { VAULT_ADDR: vault.origin, VAULT_TOKEN: vault.rootToken };
  const source = { source: 'vault', path: 'secret/magic-hour' };
  await project.write(FILE, development(source));
  // So that the SDK is loaded, which takes longer than the policy allows then.
  await runDoctor([], { cwd: project.path(''), env });
  await vault.close();
  await project.write(FILE, development({ ...source, policy: { deadline: '1s' } }));
  const { findings, text } = await runDoctor([], { cwd: project.path(''), env });
  expect(findings).toMatchObject([
    { id: 'store-unreachable', level: 'error', title: expect.stringContaining('does not answer') },
  ]);
  expect(text.stdout).toContain('127.0.0.1: not reached');
});

/** The probe names the real API; on the wire its requests go to the stand-in. */
function sendApiRequestsTo(origin: string): void {
  const realFetch = globalThis.fetch;
  vi.stubGlobal('fetch', (input: string, init?: RequestInit) =>
    realFetch(String(input).replace('https://api.magichour.ai', origin), init),
  );
}

test.each([
  ['good', true, undefined, 0, undefined],
  ['bad', false, 'key-refused', 1, /still listed/],
] as const)('--probe asks the Magic Hour API: %s', async (verdict, isAccepted, id, exitCode, fix) => {
  await using api = await startFakeMagicHourApi({ accept: isAccepted ? [key] : [] });
  sendApiRequestsTo(api.origin);
  const env = { MAGIC_HOUR_API_KEY: key };
  const run = await runDoctor(['--probe'], { cwd: project.path(''), env });
  expect(run.exitCode).toBe(exitCode);
  expect(run.findings.map((finding) => finding.id)).toEqual(id === undefined ? [] : [id]);
  expect(run.findings[0]?.fix ?? '').toMatch(fix ?? /^$/);
  expect(JSON.parse(run.stdout)).toMatchObject({ environments: [{ probe: verdict }] });
  expect(run.text.stdout).toContain(`key …${key.slice(-4)}: the API`);
  // Twice for each of the two runs: a made-up key, then the real one.
  expect(api.requests.map(({ authorization }) => authorization === `Bearer ${key}`)).toEqual([
    false,
    true,
    false,
    true,
  ]);
  expect(findLeaks(run, [key])).toEqual([]);
});

test('a key that Magic Hour wants a payment for is a warning', async () => {
  await using api = await startFakeMagicHourApi({ accept: [key], mode: 'paymentRequired' });
  sendApiRequestsTo(api.origin);
  const run = await runDoctor(['--probe'], { cwd: project.path(''), env: { MAGIC_HOUR_API_KEY: key } });
  expect(run.exitCode).toBe(1);
  expect(run.findings).toMatchObject([{ id: 'key-unpaid', level: 'warning' }]);
});

test('an API that is down says nothing about the key', async () => {
  const api = await startFakeMagicHourApi();
  await api.close();
  sendApiRequestsTo(api.origin);
  const env = { MAGIC_HOUR_API_KEY: key };
  const run = await runDoctor(['--probe'], { cwd: project.path(''), env });
  expect(run.exitCode).toBe(0);
  expect(run.findings).toMatchObject([{ id: 'probe-inconclusive', level: 'note' }]);
});
