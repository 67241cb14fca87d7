// What a program that `mhk exec` runs finds in its environment, and what it does not.
import { describeKeySources } from '@magic-hour-keys/config';
import { findLeaks, makeTestKey } from '@magic-hour-keys/testing';
import { beforeEach, expect, test } from 'vitest';
import { temporaryProject } from '../config/config-for-test.ts';
import { runMhk, type Run } from './run-mhk.ts';

const project = temporaryProject();
const key = makeTestKey();
const secret = `a-login-${makeTestKey().slice(-12)}`;

const NAMES = [
  'AWS_ACCESS_KEY_ID',
  'AWS_CONTAINER_AUTHORIZATION_TOKEN',
  'AWS_PROFILE',
  'AWS_REGION',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'AWS_WEB_IDENTITY_TOKEN_FILE',
  'AZURE_CLIENT_CERTIFICATE_PASSWORD',
  'AZURE_CLIENT_ID',
  'AZURE_CLIENT_SECRET',
  'AZURE_PASSWORD',
  'GOOGLE_APPLICATION_CREDENTIALS',
  'HOME',
  'IDENTITY_ENDPOINT',
  'IDENTITY_HEADER',
  'KUBECONFIG',
  'MSI_SECRET',
  'MY_SECRET',
  'VAULT_ADDR',
  'VAULT_TOKEN',
];
const everything = Object.fromEntries(NAMES.map((name) => [name, secret]));

beforeEach(() => project.write('.env', `MAGIC_HOUR_API_KEY=${key}\n`));

const aws = { source: 'aws', secretId: 'magic-hour' };
const azure = { source: 'azure', vaultUrl: 'https://x.vault.azure.net', name: 'magic-hour' };
const gcp = { source: 'gcp', secret: 'magic-hour', project: 'my-project' };
const vault = { source: 'vault', path: 'secret/magic-hour' };
const client = { tenantId: 'contoso.com', clientId: 'c', clientSecret: { env: 'MY_SECRET' } };
const accessKey = { accessKeyId: { env: 'AWS_ACCESS_KEY_ID' }, secretAccessKey: { env: 'MY_SECRET' } };

/** The .env file answers, so the link behind it is never asked: its variables are withheld all the same. */
async function execWith(
  link: object | string,
  options: readonly string[] = [],
  env = everything,
): Promise<Run> {
  const firstFound = ['env', link];
  await project.write('magic-hour-keys.json', { environments: { development: { firstFound } } });
  const code = 'console.log(Object.keys(process.env).sort().join("\\n"))';
  return runMhk(['exec', ...options, '--', process.execPath, '-e', code], { cwd: project.path(''), env });
}

/** Those that were set and that the program does not find. */
function missing({ stdout }: Run, env: object = everything): readonly string[] {
  const found = stdout.split('\n');
  return Object.keys(env).filter((name) => !found.includes(name));
}

test.each<[object | string, readonly string[]]>([
  [
    aws,
    ['AWS_ACCESS_KEY_ID', 'AWS_CONTAINER_AUTHORIZATION_TOKEN', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'],
  ],
  [{ ...aws, auth: { method: 'static', ...accessKey } }, ['AWS_ACCESS_KEY_ID', 'MY_SECRET']],
  [{ ...aws, auth: { method: 'instance' } }, []],
  [
    azure,
    [
      'AZURE_CLIENT_CERTIFICATE_PASSWORD',
      'AZURE_CLIENT_SECRET',
      'AZURE_PASSWORD',
      'IDENTITY_HEADER',
      'MSI_SECRET',
    ],
  ],
  [{ ...azure, auth: { method: 'client-secret', ...client } }, ['MY_SECRET']],
  [{ ...azure, auth: { method: 'azure-cli' } }, []],
  [gcp, []],
  [{ ...gcp, auth: { method: 'service-account', key: { env: 'MY_SECRET' } } }, ['MY_SECRET']],
  [vault, ['VAULT_TOKEN']],
  [{ ...vault, auth: { method: 'token', token: { env: 'MY_SECRET' } } }, ['MY_SECRET']],
  [{ ...vault, auth: { method: 'approle', roleId: 'video', secretId: { env: 'MY_SECRET' } } }, ['MY_SECRET']],
  [{ ...vault, auth: { method: 'approle', roleId: 'video', secretId: { file: 'secret-id' } } }, []],
  [{ source: 'kubernetes', name: 'magic-hour' }, []],
  [{ source: 'env', variable: 'MY_SECRET' }, ['MY_SECRET']],
])('with %j in the chain, the program does not get %j', async (link, names) => {
  const result = await execWith(link);
  expect(result.exitCode).toBe(0);
  expect(missing(result)).toEqual(names);
  expect(result.stderr).toBe(
    names.length === 0
      ? ''
      : `mhk: the program does not get ${names.join(', ')}; --keep NAME hands one on, --keep-all all\n`,
  );
  expect(findLeaks(result, [secret, key])).toEqual([]);
});

test('the program gets the key, and nothing else that was not there', async () => {
  const { stdout } = await execWith(aws);
  const added = stdout
    .trim()
    .split('\n')
    .filter((name) => !NAMES.includes(name));
  // macOS gives every program a variable of its own.
  expect(added.filter((name) => !name.startsWith('__'))).toEqual(['MAGIC_HOUR_API_KEY']);
});

test('a program that works with AWS itself keeps its login by name', async () => {
  const keep = ['--keep', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'];
  expect(missing(await execWith(aws, keep))).toEqual(['AWS_CONTAINER_AUTHORIZATION_TOKEN']);
});

test('--keep-all keeps every variable, and nothing is said', async () => {
  const result = await execWith(azure, ['--keep-all']);
  expect(result).toMatchObject({ exitCode: 0, stderr: '' });
  expect(missing(result)).toEqual([]);
});

test('under another name the key stands once, unless the old name is kept', async () => {
  const env = { MAGIC_HOUR_API_KEY: key, COPY: key };
  expect(missing(await execWith(gcp, ['--as', 'API_TOKEN'], env), env)).toEqual([
    'MAGIC_HOUR_API_KEY',
    'COPY',
  ]);
  const keep = ['--as', 'API_TOKEN', '--keep', 'MAGIC_HOUR_API_KEY'];
  expect(missing(await execWith(gcp, keep, env), env)).toEqual(['COPY']);
});

test('the login of an environment that is not chosen is handed on', async () => {
  await project.write('magic-hour-keys.json', {
    environments: { development: { source: 'env' }, production: vault },
  });
  const code = 'console.log("VAULT_TOKEN" in process.env)';
  const options = { cwd: project.path(''), env: everything };
  const result = await runMhk(['exec', '--', process.execPath, '-e', code], options);
  expect(result).toEqual({ exitCode: 0, stdout: 'true\n', stderr: '' });
});

test.each<[object, readonly string[]]>([
  [{ ...aws, auth: { method: 'profile', profile: 'video' } }, []],
  [{ ...aws, auth: { method: 'web-identity' } }, ['AWS_WEB_IDENTITY_TOKEN_FILE']],
  [
    { ...aws, auth: { method: 'container' } },
    [
      'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
      'AWS_CONTAINER_CREDENTIALS_FULL_URI',
      'AWS_CONTAINER_AUTHORIZATION_TOKEN *',
      'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE',
    ],
  ],
  [
    { ...azure, auth: { method: 'managed-identity' } },
    ['IDENTITY_ENDPOINT', 'IDENTITY_HEADER *', 'MSI_ENDPOINT', 'MSI_SECRET *'],
  ],
  [{ ...azure, auth: { method: 'workload-identity' } }, ['AZURE_FEDERATED_TOKEN_FILE']],
  [gcp, ['GOOGLE_APPLICATION_CREDENTIALS']],
  [{ ...gcp, auth: { method: 'metadata' } }, []],
  [{ ...vault, auth: { method: 'token-file' } }, []],
  [{ source: 'kubernetes', mountPath: '/etc/magic-hour' }, []],
  [{ source: 'kubernetes', name: 'magic-hour' }, ['KUBECONFIG', 'KUBERNETES_SERVICE_HOST']],
  [{ source: 'kubernetes', name: 'magic-hour', auth: { method: 'in-cluster' } }, ['KUBERNETES_SERVICE_HOST']],
  [{ source: 'kubernetes', name: 'magic-hour', auth: { method: 'kubeconfig' } }, ['KUBECONFIG']],
  [{ source: 'kubernetes', name: 'magic-hour', auth: { method: 'kubeconfig', file: 'config' } }, []],
  [{ source: 'env', variable: 'API_TOKEN' }, ['API_TOKEN *', 'API_TOKEN_FILE']],
])('%j looks at the variables %j', (development, names) => {
  const config = { environments: { development } };
  const [source, ...others] = describeKeySources({ config, env: {} });
  expect(others).toEqual([]);
  expect(source?.credentialVariables.map(({ name, secret: s }) => (s ? `${name} *` : name))).toEqual(names);
});

test('a source that was made in code tells its place, and needs nothing that is known here', () => {
  const team = { name: 'team', location: 'shelf', read: async () => ({ value: key }) };
  const config = { environments: { development: { firstFound: [vault, 'team'] } } };
  const sources = describeKeySources({ config, sources: { team }, env: {} });
  expect(sources).toMatchObject([
    { name: 'vault', title: 'HashiCorp Vault and OpenBao', requires: [{ name: 'node-vault' }] },
    { name: 'team', location: 'shelf', title: 'team', requires: [], credentialVariables: [] },
  ]);
});
