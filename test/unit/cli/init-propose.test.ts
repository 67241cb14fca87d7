// What `mhk init` makes of what it finds: a pure function, on a table of places where people run it.
import { checkConfig } from '@magic-hour-keys/config';
import { expect, test } from 'vitest';
import type { Facts } from '../../../packages/cli/src/init/facts.ts';
import { CLUE_FILES, findClues } from '../../../packages/cli/src/init/find-clues.ts';
import { propose, type Wish } from '../../../packages/cli/src/init/propose.ts';

interface Place {
  readonly variables?: readonly string[];
  readonly files?: readonly string[];
  readonly dependencies?: readonly string[];
  readonly isGoogleMachine?: boolean;
  readonly environments?: readonly string[];
}

function factsOf(place: Place): Facts {
  const { variables = [], files = [], dependencies = [], isGoogleMachine = false, environments } = place;
  return {
    configFile: '/srv/app/magic-hour-keys.json',
    existing: environments && { text: '{}', environments },
    variables: new Set(variables),
    files: new Set(files),
    dependencies: new Set(dependencies),
    isGoogleMachine,
    packages: undefined,
    schema: undefined,
    ignoreFiles: [],
    trackedEnvFiles: [],
  };
}

const development = { source: 'env', files: ['.env.local', '.env'] };
const fromVariable = { source: 'env', files: [] };
const nothingSaid: Wish = { options: {} };

function contentsOf(place: Place, wish: Partial<Wish> = {}): Record<string, unknown> {
  const { environments } = propose(factsOf(place), { ...nothingSaid, ...wish });
  return Object.fromEntries(environments.map(({ name, content }) => [name, content]));
}

test.each<[string, Place, object]>([
  ['a laptop with a .env file', { variables: ['HOME'] }, fromVariable],
  ['nothing at all', {}, fromVariable],
  ['a CI job that has the key alone', { variables: ['CI', 'MAGIC_HOUR_API_KEY'] }, fromVariable],
  [
    'a laptop where somebody uses AWS, Kubernetes and Google for whatever it is',
    {
      variables: ['AWS_PROFILE', 'KUBECONFIG', 'GOOGLE_CLOUD_PROJECT'],
      files: ['~/.aws/config', '~/.kube/config'],
    },
    fromVariable,
  ],
  ['a virtual machine of Google', { isGoogleMachine: true }, fromVariable],
  ['a project for AWS Lambda', { files: ['samconfig.toml'] }, { source: 'aws', secretId: 'magic-hour' }],
  ['AWS Lambda', { variables: ['AWS_LAMBDA_FUNCTION_NAME'] }, { source: 'aws', secretId: 'magic-hour' }],
  [
    'a pod of EKS with a role of its own',
    { variables: ['AWS_WEB_IDENTITY_TOKEN_FILE', 'KUBERNETES_SERVICE_HOST'] },
    { source: 'aws', secretId: 'magic-hour' },
  ],
  [
    'a pod without more',
    { variables: ['KUBERNETES_SERVICE_HOST'] },
    { source: 'kubernetes', mountPath: '/etc/magic-hour' },
  ],
  [
    'Cloud Run, with Application Default Credentials',
    { variables: ['K_SERVICE', 'GOOGLE_CLOUD_PROJECT'] },
    { source: 'gcp', secret: 'magic-hour' },
  ],
  [
    'Azure App Service, whose vault nobody can guess',
    { variables: ['IDENTITY_ENDPOINT', 'IDENTITY_HEADER', 'WEBSITE_SITE_NAME'] },
    fromVariable,
  ],
  [
    'a machine with Vault, on AWS',
    { variables: ['VAULT_ADDR', 'AWS_LAMBDA_FUNCTION_NAME'] },
    { source: 'vault', path: 'secret/magic-hour' },
  ],
  [
    'a pod with Vault',
    { variables: ['VAULT_ADDR', 'KUBERNETES_SERVICE_HOST'] },
    {
      source: 'vault',
      path: 'secret/magic-hour',
      auth: { method: 'kubernetes', role: 'magic-hour' },
    },
  ],
  [
    'a project that has the SDK of Google, on a laptop with VAULT_ADDR',
    { dependencies: ['@google-cloud/secret-manager'], variables: ['VAULT_ADDR'] },
    { source: 'gcp', secret: 'magic-hour' },
  ],
])('%s: production is proposed as it fits', (_, place, production) => {
  expect(contentsOf(place)).toEqual({ development, production });
  expect(checkConfig({ config: { environments: contentsOf(place) }, env: {} }).problems).toEqual([]);
});

test.each<[string, Place, Partial<Wish>, object]>([
  [
    'a source that was named',
    { variables: ['AWS_LAMBDA_FUNCTION_NAME'] },
    { source: 'vault', options: { path: 'kv/key' } },
    { development, production: { source: 'vault', path: 'kv/key' } },
  ],
  [
    'a Secret by name, which is not mounted then',
    {},
    { source: 'kubernetes', options: { name: 'magic-hour' } },
    { development, production: { source: 'kubernetes', name: 'magic-hour' } },
  ],
  [
    'another environment than production',
    {},
    { environment: 'staging', source: 'env', options: { variable: 'STAGING_KEY' } },
    { development, staging: { source: 'env', files: [], variable: 'STAGING_KEY' } },
  ],
  ['development alone', { variables: ['VAULT_ADDR'] }, { environment: 'development' }, { development }],
  [
    'one more environment beside those there are',
    { environments: ['development', 'production'], variables: ['VAULT_ADDR'] },
    { environment: 'staging' },
    { staging: { source: 'vault', path: 'secret/magic-hour' } },
  ],
])('%s is proposed as it was asked for', (_, place, wish, environments) => {
  expect(contentsOf(place, wish)).toEqual(environments);
});

test('what was guessed, and what can not be, is told', () => {
  const { environments } = propose(factsOf({}), { source: 'azure', options: {} });
  expect(environments[1]).toMatchObject({ guessed: ['name'], missing: ['vaultUrl'] });
});

test.each<[Place, Partial<Wish>, string]>([
  [
    { variables: ['WEBSITE_SITE_NAME'] },
    {},
    'To read production from a store (WEBSITE_SITE_NAME is set): mhk init --force --env production --source azure --option vaultUrl=…',
  ],
  [
    { files: ['~/.aws/config'] },
    {},
    'To read production from a store (there is ~/.aws/config): mhk init --force --env production --source aws',
  ],
  [{}, { source: 'aws' }, 'secretId of production is a guess: correct it where it is wrong.'],
  [
    {},
    { source: 'gcp' },
    'production needs GOOGLE_CLOUD_PROJECT where it runs, and it is not set here; or write it down: --option project=…',
  ],
  [
    {},
    { source: 'vault' },
    'production needs VAULT_ADDR where it runs, and it is not set here; or write it down: --option address=…',
  ],
])('of %j with %j it is said what to do', (place, wish, remark) => {
  expect(propose(factsOf(place), { ...nothingSaid, ...wish }).remarks).toContain(remark);
});

test.each<[Place, Partial<Wish>]>([
  [{ variables: ['AWS_REGION'] }, { source: 'aws', options: { secretId: 'x' } }],
  [{}, { source: 'aws', options: { secretId: 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:x' } }],
  [{}, { source: 'gcp', options: { secret: 'projects/p/secrets/s' } }],
  [{ variables: ['VAULT_ADDR'] }, { source: 'vault', options: { path: 'kv/x' } }],
])('of %j with %j there is nothing left to say', (place, wish) => {
  expect(propose(factsOf(place), { ...nothingSaid, ...wish }).remarks).toEqual([]);
});

test('every sign is found by itself, and told by its name', () => {
  for (const name of CLUE_FILES) {
    expect(findClues(factsOf({ files: [name] }))).toMatchObject([{ because: `there is ${name}` }]);
  }
  expect(findClues(factsOf({ isGoogleMachine: true }))).toEqual([
    { source: 'gcp', because: 'this is a machine of Google Cloud', isSure: false },
  ]);
});

test("the project's own words go before the machine's, and both before what is at home", () => {
  const clues = findClues(
    factsOf({
      dependencies: ['node-vault'],
      variables: ['AWS_PROFILE', 'KUBERNETES_SERVICE_HOST'],
      files: ['~/.kube/config'],
    }),
  );
  expect(clues.map(({ source, isSure }) => [source, isSure])).toEqual([
    ['vault', true],
    ['kubernetes', true],
    ['aws', false],
    ['kubernetes', false],
  ]);
});
