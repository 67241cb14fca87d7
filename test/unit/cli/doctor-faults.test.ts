// Each fault is a folder and an environment as they are in real life, and is told by its own id with its own remedy.
import { chown, symlink, writeFile } from 'node:fs/promises';
import { findLeaks, makeTestKey } from '@magic-hour-keys/testing';
import { expect, test } from 'vitest';
import { asOrdinaryUser } from '../core/node/temporary-folder.ts';
import { temporaryProject } from '../config/config-for-test.ts';
import {
  development,
  MANIFEST,
  runDoctor,
  seedIn,
  type DoctorRun,
  type Finding,
  type Seed,
} from './doctor-for-test.ts';

const project = temporaryProject();
const key = makeTestKey();
const other = makeTestKey();
const FILE = 'magic-hour-keys.json';
const WITH_KEY = { MAGIC_HOUR_API_KEY: key };
const AWS = { source: 'aws', secretId: 'prod/magic-hour', region: 'us-east-1' };
const VAULT = { source: 'vault', address: 'https://vault.internal:8200', path: 'secret/magic-hour' };
const KUBECONFIG = `apiVersion: v1
kind: Config
clusters:
- cluster:
    insecure-skip-tls-verify: true
    server: https://cluster.internal
  name: production
- cluster:
    server: https://other.internal
  name: other
contexts:
- context:
    cluster: production
    user: me
  name: main
current-context: main
`;

interface Fault {
  /** Makes it, and gives its environment. */
  seed(folder: Seed): Promise<Readonly<Record<string, string>> | void>;
  readonly argv?: readonly string[];
  readonly finding: Partial<Finding> & Pick<Finding, 'id' | 'level'>;
  /** The thing to do. */
  readonly fix: RegExp;
  readonly exitCode?: number;
  /** It is made by root, and examined as somebody else, because root is judged by other rules. */
  readonly needsRoot?: boolean;
}

async function withEnvFile(folder: Seed, mode = 0o600): Promise<void> {
  await folder.write('.env', `MAGIC_HOUR_API_KEY=${key}\n`, mode);
}

const isRoot = process.getuid?.() === 0;

const FAULTS: Readonly<Record<string, Fault>> = {
  'an option that does not exist': {
    async seed({ write }) {
      await write(FILE, development({ source: 'env', varible: 'X' }));
    },
    finding: { id: 'config-problem', level: 'error', at: FILE },
    fix: /Correct \/environments\/development\/varible in magic-hour-keys\.json/,
    exitCode: 78,
  },
  'a configuration that is no JSON': {
    async seed({ write }) {
      await write(FILE, '{ "environments": ');
    },
    finding: { id: 'config-problem', level: 'error' },
    fix: /Correct magic-hour-keys\.json, and see with: mhk check/,
    exitCode: 78,
  },
  'an environment that does not exist': {
    async seed({ write }) {
      await write(FILE, development({ source: 'env' }));
      return { MAGIC_HOUR_ENV: 'prodution' };
    },
    finding: { id: 'config-problem', level: 'error' },
    fix: /\/environments/,
    exitCode: 78,
  },
  'a key in the configuration': {
    async seed({ write }) {
      await write(FILE, development({ source: 'env', variable: key }));
    },
    finding: { id: 'config-problem', level: 'error' },
    fix: /Correct \/environments\/development\/variable/,
    exitCode: 78,
  },
  'a mistake in an environment that is not in use': {
    async seed({ write }) {
      await write(FILE, { environments: { development: { source: 'env' }, staging: { source: 'awss' } } });
      return WITH_KEY;
    },
    finding: { id: 'config-problem', level: 'error' },
    fix: /Correct \/environments\/staging\/source/,
  },
  'a configuration that everybody may change': {
    async seed({ write }) {
      await write(FILE, development({ source: 'env' }), 0o666);
      return WITH_KEY;
    },
    finding: { id: 'config-writable-by-others', level: 'warning', at: FILE },
    fix: /^chmod o-w magic-hour-keys\.json$/,
  },
  'an SDK that is not installed': {
    async seed({ write }) {
      await write('package.json', MANIFEST);
      await write(FILE, development(AWS));
    },
    argv: ['--offline'],
    finding: { id: 'sdk-missing', level: 'error', environment: 'development' },
    fix: /^npm install @aws-sdk\/client-secrets-manager@\^3\.709\.0$/,
  },
  'a package for the login that is not installed': {
    async seed({ write, install }) {
      await write('package.json', MANIFEST);
      const vaultUrl = 'https://my-vault.vault.azure.net';
      await write(FILE, development({ source: 'azure', vaultUrl, name: 'magic-hour' }));
      await install('@azure/keyvault-secrets', '4.11.2');
    },
    argv: ['--offline'],
    finding: { id: 'sdk-missing', level: 'error' },
    fix: /^npm install @azure\/identity@/,
  },
  'an SDK of another major version': {
    async seed({ write, install }) {
      await write('package.json', MANIFEST);
      await write(FILE, development({ source: 'gcp', secret: 'magic-hour', project: 'my-project' }));
      await install('@google-cloud/secret-manager', '5.6.0');
    },
    argv: ['--offline'],
    finding: { id: 'sdk-version', level: 'error' },
    fix: /^npm install "@google-cloud\/secret-manager@\^6\.0\.1 \|\| \^7\.0\.0"$/,
  },
  'an SDK for a newer Node': {
    async seed({ write, install }) {
      await write('package.json', MANIFEST);
      await write(FILE, development(AWS));
      await install('@aws-sdk/client-secrets-manager', '3.900.0', '>=99');
    },
    argv: ['--offline'],
    finding: { id: 'sdk-node-version', level: 'warning' },
    fix: /^Use a Node of >=99/,
  },
  'a key that is set nowhere': {
    async seed() {},
    finding: { id: 'key-missing', level: 'error' },
    fix: /^Set MAGIC_HOUR_API_KEY in the environment or in \.env/,
  },
  'a file that the environment names, and that is not there': {
    async seed() {
      return { MAGIC_HOUR_API_KEY_FILE: 'gone.txt' };
    },
    finding: { id: 'key-missing', level: 'error' },
    fix: /^Write the key into .*gone\.txt/,
  },
  'a placeholder': {
    async seed({ write }) {
      await write('.env', 'MAGIC_HOUR_API_KEY=your_api_key_here\n');
    },
    finding: {
      id: 'key-placeholder',
      level: 'error',
      title: 'the stored value is a placeholder',
      at: 'env (MAGIC_HOUR_API_KEY in .env)',
    },
    fix: /real key/,
  },
  'a key that was cut off': {
    async seed() {
      return { MAGIC_HOUR_API_KEY: key.slice(0, 12) };
    },
    finding: { id: 'key-malformed', level: 'error' },
    fix: /whole key/,
  },
  'a blank in the key': {
    async seed() {
      return { MAGIC_HOUR_API_KEY: `${key.slice(0, 20)} ${key.slice(20)}` };
    },
    finding: { id: 'key-malformed', level: 'error' },
    fix: /^Store the key alone/,
  },
  "a key of another service in the key's place": {
    async seed() {
      return { MAGIC_HOUR_API_KEY: `ghp_${key.slice(9)}` };
    },
    finding: { id: 'key-of-another-service', level: 'error' },
    fix: /^Store the key from the Magic Hour Developer Hub in its place/,
  },
  'something that does not look like a key of Magic Hour': {
    async seed() {
      return { MAGIC_HOUR_API_KEY: key.slice(9) };
    },
    finding: { id: 'key-shape', level: 'warning' },
    fix: /begins with mhk_/,
  },
  'a key that is cut at a #': {
    async seed({ write }) {
      await write('.env', `MAGIC_HOUR_API_KEY=${key}#1\n`);
    },
    finding: { id: 'source-warning', level: 'warning' },
    fix: /^Put the value into quotes/,
  },
  'a login from a variable that is not set': {
    async seed({ write }) {
      const auth = { method: 'approle', roleId: 'worker', secretId: { env: 'VAULT_SECRET_ID' } };
      await write(FILE, development({ ...VAULT, auth }));
    },
    argv: ['--offline'],
    finding: { id: 'secret-reference-unset', level: 'error' },
    fix: /^Set VAULT_SECRET_ID where the application runs/,
  },
  'a login from a file that is not there': {
    async seed({ write }) {
      const auth = { method: 'jwt', role: 'worker', jwt: { file: 'secrets/jwt' } };
      await write(FILE, development({ ...VAULT, auth }));
    },
    argv: ['--offline'],
    finding: { id: 'secret-reference-missing', level: 'error' },
    fix: /^Put the file at secrets\/jwt/,
  },
  'a login in a file that everybody may read': {
    async seed({ write }) {
      const auth = { method: 'jwt', role: 'worker', jwt: { file: 'secrets/jwt' } };
      await write(FILE, development({ ...VAULT, auth }));
      await write('secrets/jwt', other, 0o644);
    },
    argv: ['--offline'],
    finding: { id: 'file-readable-by-others', level: 'warning' },
    fix: /^chmod 600 secrets\/jwt$/,
  },
  'a .env that everybody may read': {
    seed: (folder) => withEnvFile(folder, 0o644),
    finding: { id: 'file-readable-by-others', level: 'warning', at: '.env' },
    fix: /^chmod 600 \.env$/,
  },
  'a .env that everybody may change': {
    seed: (folder) => withEnvFile(folder, 0o602),
    finding: { id: 'file-writable-by-others', level: 'warning', at: '.env' },
    fix: /^chmod 600 \.env$/,
  },
  'a .env of another user': {
    async seed(folder) {
      await withEnvFile(folder, 0o644);
      await chown(folder.path('.env'), 12_345, 12_345);
    },
    needsRoot: true,
    finding: { id: 'file-of-another-user', level: 'warning' },
    fix: /^chown "\$\(id -un\)" \.env$/,
  },
  'a .env that leads out of the project': {
    async seed({ write, path }) {
      await write('elsewhere/.env', `MAGIC_HOUR_API_KEY=${key}\n`);
      await write('app/package.json', MANIFEST);
      await symlink(path('elsewhere/.env'), path('app/.env'));
      await write('app/magic-hour-keys.json', development({ source: 'env', files: ['.env'] }));
    },
    argv: ['--config', 'magic-hour-keys.json'],
    finding: { id: 'env-file-link', level: 'warning', at: '.env' },
    fix: /name .*elsewhere\/\.env in "files"/,
  },
  'a .env in git': {
    async seed(folder) {
      await withEnvFile(folder);
      folder.git('init', '--quiet');
      folder.git('add', '.env');
    },
    finding: { id: 'env-file-tracked', level: 'error', at: '.env' },
    fix: /^Make a new key [\s\S]*\ngit rm --cached \.env && echo '\.env' >> \.gitignore$/,
  },
  'a .env that git does not ignore': {
    async seed(folder) {
      await withEnvFile(folder);
      folder.git('init', '--quiet');
    },
    finding: { id: 'env-file-not-ignored', level: 'warning', at: '.env' },
    fix: /^echo '\.env' >> \.gitignore$/,
  },
  'a .env further down that git does not ignore': {
    async seed({ write, git }) {
      await write('apps/web/.env.local', `MAGIC_HOUR_API_KEY=${other}\n`);
      git('init', '--quiet');
      return WITH_KEY;
    },
    finding: { id: 'env-file-not-ignored', level: 'warning', at: 'apps/web/.env.local' },
    fix: /^echo 'apps\/web\/\.env\.local' >> \.gitignore$/,
  },
  'a key in code that is in git': {
    async seed({ write, git }) {
      await write('src/app.ts', `const a = 1;\nconst key = '${other}';\n`);
      git('init', '--quiet');
      git('add', '.');
      return WITH_KEY;
    },
    finding: { id: 'key-in-git', level: 'error', at: 'src/app.ts:2' },
    fix: /^Make a new key .* delete …/,
  },
  'a key that is staged, and was taken out of the file again': {
    async seed({ write, git }) {
      await write('src/app.ts', `const key = '${other}';\n`);
      git('init', '--quiet');
      git('add', '.');
      await write('src/app.ts', 'const key = process.env.X;\n');
      return WITH_KEY;
    },
    finding: { id: 'key-in-git', level: 'error', at: 'src/app.ts:1' },
    fix: /^Make a new key/,
  },
  'the key in use in base64, without git': {
    async seed({ write }) {
      await write('dist/bundle.js', `x = "${Buffer.from(key).toString('base64')}"`);
      return WITH_KEY;
    },
    finding: { id: 'key-in-file', level: 'error', at: 'dist/bundle.js:1' },
    fix: /^Take it out of dist\/bundle\.js/,
  },
  'a Dockerfile that takes .env along': {
    async seed(folder) {
      await withEnvFile(folder);
      await folder.write('Dockerfile', 'FROM node:22\nWORKDIR /app\nCOPY --chown=node . .\n');
      await folder.write('.dockerignore', 'node_modules\n');
    },
    finding: { id: 'env-file-in-image', level: 'error', at: 'Dockerfile' },
    fix: /^echo '\.env' >> \.dockerignore$/,
  },
  'a Dockerfile that names .env': {
    async seed(folder) {
      await withEnvFile(folder);
      await folder.write('Dockerfile', 'FROM node:22\nCOPY ["package.json", ".env*", "/app/"]\n');
    },
    finding: { id: 'env-file-in-image', level: 'error' },
    fix: /^echo '\.env' >> \.dockerignore$/,
  },
  'a key as a build argument': {
    async seed({ write }) {
      await write('Dockerfile', 'FROM node:22\nARG MAGIC_HOUR_API_KEY\nRUN npm run build\n');
      return WITH_KEY;
    },
    finding: { id: 'key-in-image', level: 'error', at: 'Dockerfile' },
    fix: /--mount=type=secret,id=MAGIC_HOUR_API_KEY/,
  },
  'a package that would publish .env': {
    async seed(folder) {
      await withEnvFile(folder);
      await folder.write('package.json', { name: 'x', version: '1.0.0' });
      await folder.write('.gitignore', '.env\n');
      await folder.write('.npmignore', 'test\n');
    },
    finding: { id: 'env-file-in-package', level: 'error', at: 'package.json' },
    fix: /\necho '\.env' >> \.npmignore$/,
  },
  'a package whose "files" take everything': {
    async seed(folder) {
      await withEnvFile(folder);
      await folder.write('package.json', { name: 'x', version: '1.0.0', files: ['./'] });
    },
    finding: { id: 'env-file-in-package', level: 'error' },
    fix: /"files" of package\.json/,
  },
  'the Magic Hour SDK with apiKey': {
    async seed({ write }) {
      await write(
        'src/video.ts',
        `import { Client as MagicHour } from 'magic-hour';\n\nexport const client = new MagicHour({\n  apiKey: process.env.X,\n});\n`,
      );
      return WITH_KEY;
    },
    finding: { id: 'sdk-api-key-option', level: 'error', at: 'src/video.ts:3' },
    fix: /^Write `token` in place of `apiKey`/,
  },
  "the variable of the SDK's README": {
    async seed() {
      return { API_TOKEN: key };
    },
    finding: { id: 'vendor-variable', level: 'warning', at: 'API_TOKEN' },
    fix: /^Rename API_TOKEN to MAGIC_HOUR_API_KEY/,
  },
  'a key in a variable that bundlers publish': {
    async seed({ write }) {
      await write('.env', `MAGIC_HOUR_API_KEY=${key}\nNEXT_PUBLIC_MAGIC_HOUR_KEY="${key}"\n`);
    },
    finding: { id: 'key-in-public-variable', level: 'error', at: '.env:2' },
    fix: /^Take NEXT_PUBLIC_MAGIC_HOUR_KEY out/,
  },
  'certificates that are not checked': {
    async seed() {
      return { ...WITH_KEY, NODE_TLS_REJECT_UNAUTHORIZED: '0' };
    },
    finding: { id: 'tls-verification-off', level: 'error' },
    fix: /^Unset NODE_TLS_REJECT_UNAUTHORIZED/,
  },
  VAULT_SKIP_VERIFY: {
    async seed({ write }) {
      await write(FILE, development(VAULT));
      return { VAULT_SKIP_VERIFY: 'true' };
    },
    argv: ['--offline'],
    finding: { id: 'vault-skip-verify', level: 'warning' },
    fix: /VAULT_CACERT/,
  },
  'a kubeconfig that skips the verification': {
    async seed({ write, path }) {
      await write(FILE, development({ source: 'kubernetes', name: 'magic-hour' }));
      await write('kubeconfig', KUBECONFIG);
      return { KUBECONFIG: path('kubeconfig') };
    },
    argv: ['--offline'],
    finding: { id: 'kubeconfig-skips-verification', level: 'error', at: 'kubeconfig' },
    fix: /certificate-authority-data/,
  },
  'a Vault without TLS': {
    async seed({ write }) {
      await write(FILE, development({ source: 'vault', path: 'secret/magic-hour' }));
      return { VAULT_ADDR: 'http://vault.internal:8200' };
    },
    argv: ['--offline'],
    finding: { id: 'store-without-tls', level: 'error' },
    fix: /VAULT_ADDR/,
  },
  'NODE_DEBUG with the headers': {
    async seed() {
      return { ...WITH_KEY, NODE_DEBUG: 'fs,http' };
    },
    finding: { id: 'debug-output', level: 'warning', at: 'NODE_DEBUG' },
    fix: /^Unset NODE_DEBUG, or take http out of it/,
  },
  'DEBUG=*': {
    async seed() {
      return { ...WITH_KEY, DEBUG: '*' };
    },
    finding: { id: 'debug-output', level: 'warning', at: 'DEBUG' },
    fix: /^Unset DEBUG/,
  },
  'an SDK that writes down its requests': {
    async seed() {
      return { ...WITH_KEY, GRPC_VERBOSITY: 'DEBUG', GRPC_TRACE: 'all' };
    },
    finding: { id: 'debug-output-sdk', level: 'note', at: 'GRPC_TRACE' },
    fix: /^Unset GRPC_TRACE in production/,
    exitCode: 0,
  },
  'an environment of which two have one key': {
    async seed({ write }) {
      const environments = {
        development: { source: 'env', variable: 'DEVELOPMENT_KEY' },
        production: { source: 'env', variable: 'PRODUCTION_KEY' },
      };
      await write(FILE, { environments });
      return { DEVELOPMENT_KEY: key, PRODUCTION_KEY: key };
    },
    argv: ['--all'],
    finding: { id: 'key-shared', level: 'warning' },
    fix: /^Make a key for each environment/,
  },
  'a variable that covers another link': {
    async seed({ write }) {
      await write(FILE, development({ firstFound: ['env', AWS] }));
      return WITH_KEY;
    },
    finding: { id: 'source-shadowed', level: 'note' },
    fix: /^Take the key out of MAGIC_HOUR_API_KEY in the environment/,
    exitCode: 0,
  },
  'a .env that is covered by a variable': {
    async seed({ write }) {
      await write('.env', `MAGIC_HOUR_API_KEY=${other}\n`);
      return WITH_KEY;
    },
    finding: { id: 'value-shadowed', level: 'note', at: '.env' },
    fix: /^Take MAGIC_HOUR_API_KEY out of one of them/,
    exitCode: 0,
  },
  'NODE_ENV and MAGIC_HOUR_ENV that say different things': {
    async seed({ write }) {
      await write(FILE, { environments: { staging: { source: 'env' }, production: { source: 'env' } } });
      return { ...WITH_KEY, NODE_ENV: 'production', MAGIC_HOUR_ENV: 'staging' };
    },
    finding: { id: 'environment-passed-over', level: 'note' },
    fix: /^Unset MAGIC_HOUR_ENV/,
    exitCode: 0,
  },
  'one version for ever': {
    async seed({ write }) {
      await write(FILE, development({ ...VAULT, version: 3 }));
    },
    argv: ['--offline'],
    finding: { id: 'version-pinned', level: 'note' },
    fix: /^Take "version" out of development/,
    exitCode: 0,
  },
  'variables that are set on other machines': {
    async seed({ write }) {
      const production = { source: 'env', files: ['${STAGE}.env'] };
      await write(FILE, { environments: { development: { source: 'env' }, production } });
      return WITH_KEY;
    },
    argv: ['--all', '--offline'],
    finding: { id: 'environment-not-checked', level: 'note', environment: 'production' },
    fix: /^Run mhk doctor --env production where production runs/,
    exitCode: 0,
  },
};

test.for(Object.entries(FAULTS))(
  'is told, with what to do: %s',
  async ([, { seed, argv = [], finding, fix, exitCode = 1, needsRoot = false }], context) => {
    if (needsRoot && !isRoot) context.skip('only root can give a file away');
    const folder = seedIn(project);
    const env = (await seed(folder)) ?? {};
    const cwd = argv.includes('--config') ? project.path('app') : project.path('');
    const examine = (): Promise<DoctorRun> => runDoctor(argv, { cwd, env });
    const run = await (needsRoot ? asOrdinaryUser(context, examine) : examine());
    const told = run.findings.filter(({ id }) => id === finding.id);
    expect(told, JSON.stringify(run.findings, null, 2)).toHaveLength(1);
    expect(told[0]).toMatchObject({ ...finding, fix: expect.stringMatching(fix) });
    expect([run.exitCode, run.text.exitCode]).toEqual([exitCode, exitCode]);
    expect(run.text.stdout.replaceAll(/\s+/g, ' ')).toContain(`[${finding.id}]`);
    expect(findLeaks(run, [key, other])).toEqual([]);
  },
);

test('the name of a file can not bring a command into what is copied, nor move the cursor', async (context) => {
  if (process.platform === 'win32') context.skip('files can not have such names on this platform');
  const name = ".env.x'; echo $(id)\u001B[2J";
  await project.write(name, `MAGIC_HOUR_API_KEY=${key}\n`, 0o644);
  const run = await runDoctor([], { cwd: project.path(''), env: WITH_KEY });
  expect(run.findings).toMatchObject([
    { id: 'file-readable-by-others', fix: String.raw`chmod 600 '.env.x'\''; echo $(id)` + "\uFFFD[2J'" },
  ]);
  expect(run.text.stdout).not.toContain('\u001B');
});

test('a file that is named by a key does not show it', async () => {
  await writeFile(project.path(`${other}.txt`), other);
  const run = await runDoctor([], { cwd: project.path(''), env: WITH_KEY });
  expect(run.findings).toMatchObject([{ id: 'key-in-file', at: '….txt:1' }]);
  expect(findLeaks(run, [key, other])).toEqual([]);
});
