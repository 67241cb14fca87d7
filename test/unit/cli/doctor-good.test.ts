// Set-ups as people have them, in which nothing is wrong. A false alarm is a fault of its own: it teaches not to look.
import { mkdir, symlink } from 'node:fs/promises';
import { platform } from 'node:process';
import { findLeaks, makeTestKey } from '@magic-hour-keys/testing';
import { expect, test } from 'vitest';
import { temporaryProject } from '../config/config-for-test.ts';
import { development, MANIFEST, runDoctor, seedIn, type Seed } from './doctor-for-test.ts';

const project = temporaryProject();
const key = makeTestKey();
const other = makeTestKey();
const FILE = 'magic-hour-keys.json';
const WITH_KEY = { MAGIC_HOUR_API_KEY: key };
const AWS = { source: 'aws', secretId: 'prod/magic-hour', region: 'us-east-1' };

interface Good {
  seed(folder: Seed): Promise<Readonly<Record<string, string>> | void>;
  readonly argv?: readonly string[];
  /** Ids of notes; none of them is an error or a warning. */
  readonly notes?: readonly string[];
  /** The folder that it is run in. */
  readonly cwd?: string;
}

async function withEnvFile(folder: Seed): Promise<void> {
  await folder.write('.env', `# Of the team\nMAGIC_HOUR_API_KEY=${key}\n`);
}

const GOOD: Readonly<Record<string, Good>> = {
  'a variable, and nothing else': {
    async seed() {
      return WITH_KEY;
    },
  },
  'a .env without git': {
    seed: withEnvFile,
  },
  'a .env that git ignores, and an example of it in git': {
    async seed(folder) {
      await withEnvFile(folder);
      await folder.write('.gitignore', '.env\n.env.*\n!.env.example\n');
      await folder.write('.env.example', 'MAGIC_HOUR_API_KEY=your_api_key_here\n');
      folder.git('init', '--quiet');
      folder.git('add', '.');
    },
  },
  'a .env without keys in git, as Vite wants it': {
    async seed(folder) {
      await folder.write('.env', 'VITE_TITLE=Videos\nVITE_API=https://api.example.com\n', 0o644);
      await folder.write('.env.local', `MAGIC_HOUR_API_KEY=${key}\n`);
      await folder.write('.gitignore', '*.local\n');
      await folder.write(FILE, development({ source: 'env', files: ['.env.local', '.env'] }));
      folder.git('init', '--quiet');
      folder.git('add', '.');
    },
  },
  'a Docker image with a .dockerignore': {
    async seed(folder) {
      await withEnvFile(folder);
      await folder.write('Dockerfile', 'FROM node:22\nCOPY . .\nENV NODE_ENV=production\n');
      await folder.write('.dockerignore', 'node_modules\n**/.env*\n');
    },
  },
  'a Docker image whose .dockerignore lets only some things in': {
    async seed(folder) {
      await withEnvFile(folder);
      await folder.write('Dockerfile', 'FROM node:22\nCOPY . .\n');
      await folder.write('.dockerignore', '*\n!src\n!package.json\n');
    },
  },
  'a Docker image that takes what it needs': {
    async seed(folder) {
      await withEnvFile(folder);
      await folder.write(
        'Dockerfile',
        'FROM node:22 AS build\nCOPY package*.json ./\nCOPY src ./src\nFROM node:22\nCOPY --from=build /app .\nRUN --mount=type=secret,id=MAGIC_HOUR_API_KEY npm test\n',
      );
    },
  },
  'a package with "files"': {
    async seed(folder) {
      await withEnvFile(folder);
      await folder.write('package.json', { name: 'x', version: '1.0.0', files: ['dist', 'README.md'] });
    },
  },
  'a package that leaves out what git ignores': {
    async seed(folder) {
      await withEnvFile(folder);
      await folder.write('package.json', { name: 'x', version: '1.0.0' });
      await folder.write('.gitignore', 'node_modules\n.env*\n');
    },
  },
  'a private application': {
    async seed(folder) {
      await withEnvFile(folder);
      await folder.write('package.json', MANIFEST);
    },
  },
  'a .env that several applications of the project share by a link': {
    async seed(folder) {
      await folder.write('package.json', MANIFEST);
      await folder.write('config/local.env', `MAGIC_HOUR_API_KEY=${key}\n`);
      await symlink(folder.path('config/local.env'), folder.path('.env'));
      await folder.write('.gitignore', '*.env\n');
      folder.git('init', '--quiet');
    },
  },
  'a key in a file, as containers mount it': {
    async seed(folder) {
      const path = await folder.write('run/secrets/magic-hour', `${key}\n`, 0o400);
      await folder.write('app/package.json', MANIFEST);
      return { MAGIC_HOUR_API_KEY_FILE: path };
    },
    cwd: 'app',
  },
  'a Secret that Kubernetes mounts': {
    async seed(folder) {
      const at = 'mount/..2026_01_01_00_00_00.123';
      await folder.write(`${at}/api_key`, key, 0o440);
      await symlink('..2026_01_01_00_00_00.123', folder.path('mount/..data'));
      await symlink('..data/api_key', folder.path('mount/api_key'));
      await folder.write('app/package.json', MANIFEST);
      const mountPath = folder.path('mount');
      await folder.write(`app/${FILE}`, development({ source: 'kubernetes', mountPath }));
    },
    cwd: 'app',
  },
  'AWS, with its SDK installed': {
    async seed(folder) {
      await folder.write('package.json', MANIFEST);
      await folder.install('@aws-sdk/client-secrets-manager', '3.1163.0', '>=20.0.0');
      await folder.write(FILE, {
        environments: { development: { source: 'env' }, production: AWS },
      });
      return { NODE_ENV: 'production' };
    },
    argv: ['--offline'],
  },
  'a chain that has the key in its last link, in a workspace whose applications have the SDK': {
    async seed(folder) {
      await folder.write('package.json', { ...MANIFEST, workspaces: ['apps/*'] });
      await folder.write('.gitignore', '.env\n');
      await withEnvFile(folder);
      await folder.write(FILE, development({ firstFound: [{ source: 'env', files: [] }, AWS, 'env'] }));
    },
    argv: ['--offline'],
    notes: ['sdk-missing-here'],
  },
  'Vault, with a token and a CA of its own': {
    async seed(folder) {
      await folder.write('package.json', MANIFEST);
      await folder.install('node-vault', '0.12.0');
      const vault = { source: 'vault', path: 'secret/magic-hour', auth: { method: 'token' } };
      await folder.write(FILE, development(vault));
      return {
        VAULT_ADDR: 'https://vault.internal:8200',
        VAULT_TOKEN: `hvs.${other.slice(9)}`,
        VAULT_SKIP_VERIFY: 'false',
      };
    },
    argv: ['--offline'],
  },
  'a Vault agent on this machine': {
    async seed(folder) {
      const auth = { method: 'none' };
      await folder.write(
        FILE,
        development({ source: 'vault', address: 'http://127.0.0.1:8100', path: 'secret/x', auth }),
      );
    },
    argv: ['--offline'],
  },
  'a kubeconfig that skips the verification of another cluster': {
    async seed(folder) {
      await folder.write(FILE, development({ source: 'kubernetes', name: 'magic-hour' }));
      await folder.write(
        'kubeconfig',
        `clusters:
- cluster:
    certificate-authority-data: AAAA
    server: https://cluster.internal
  name: production
- name: minikube
  cluster:
    insecure-skip-tls-verify: true
    server: https://127.0.0.1:6443
contexts:
- name: main
  context: { user: me }
- context:
    cluster: production
    user: me
  name: work
current-context: work
`,
      );
      return { KUBECONFIG: folder.path('kubeconfig') };
    },
    argv: ['--offline'],
  },
  'variables of other people, and harmless debugging': {
    async seed() {
      return {
        ...WITH_KEY,
        API_TOKEN: 'a-token-of-quite-another-service',
        NEXT_PUBLIC_URL: 'https://example.com',
        NODE_DEBUG: 'module,timers',
        DEBUG: 'express:*,-axios',
        AZURE_LOG_LEVEL: 'warning',
        GRPC_TRACE: 'all',
        GRPC_VERBOSITY: 'ERROR',
        NODE_TLS_REJECT_UNAUTHORIZED: '1',
        NODE_OPTIONS: '--max-old-space-size=4096',
      };
    },
  },
  'API_TOKEN, where the configuration says so': {
    async seed(folder) {
      await folder.write(FILE, development({ source: 'env', variable: 'API_TOKEN' }));
      return { API_TOKEN: key };
    },
  },
  'code that gives keys to others, and the Magic Hour SDK a token': {
    async seed(folder) {
      await folder.write('package.json', MANIFEST);
      await folder.write(
        'src/clients.ts',
        `import Client from 'magic-hour';
import { Other } from 'other-sdk';
// Not new Client({ apiKey: key }), which sends nothing.
export const other = new Other({ apiKey: process.env.OTHER });
export const client = new Client({ token: process.env.MAGIC_HOUR_API_KEY });
`,
      );
      await folder.write('docs/use.md', `Keys look like mhk_live_… or mhk_live_${'x'.repeat(24)}.\n`);
      await folder.write('node_modules/x/index.js', `'${other}'`);
      return WITH_KEY;
    },
  },
  'a key for each environment': {
    async seed(folder) {
      const environments = {
        development: { source: 'env', variable: 'DEVELOPMENT_KEY', files: [] },
        production: { source: 'env', variable: 'PRODUCTION_KEY', files: [] },
      };
      await folder.write(FILE, { environments });
      return { DEVELOPMENT_KEY: key, PRODUCTION_KEY: other };
    },
    argv: ['--all'],
  },
  'a .env of an application further down, without git': {
    async seed(folder) {
      await folder.write('apps/web/.env.local', `MAGIC_HOUR_API_KEY=${other}\n`);
      return WITH_KEY;
    },
  },
  'AWS with a static login, which its client has by itself': {
    async seed(folder) {
      await folder.write('package.json', MANIFEST);
      await folder.install('@aws-sdk/client-secrets-manager', '3.709.0');
      const [accessKeyId, secretAccessKey] = [{ env: 'ID' }, { env: 'SECRET' }];
      await folder.write(
        FILE,
        development({ ...AWS, auth: { method: 'static', accessKeyId, secretAccessKey } }),
      );
      return { ID: 'a', SECRET: 'b' };
    },
    argv: ['--offline'],
  },
  "packages in the archives of Yarn's Plug'n'Play": {
    async seed(folder) {
      await folder.write('package.json', MANIFEST);
      await folder.write('.pnp.cjs', '// The loader.');
      await folder.write(FILE, development(AWS));
    },
    argv: ['--offline'],
  },
  'a folder below the one with the configuration': {
    async seed(folder) {
      await folder.write('package.json', MANIFEST);
      await folder.write(FILE, development({ source: 'env', files: ['.env'] }));
      await folder.write('.gitignore', '.env\n');
      await withEnvFile(folder);
      await mkdir(folder.path('src/deep'), { recursive: true });
      folder.git('init', '--quiet');
    },
    cwd: 'src/deep',
  },
};

test.for(Object.entries(GOOD))(
  'nothing is wrong with: %s',
  async ([, { seed, argv = [], notes = [], cwd = '' }], context) => {
    if (platform === 'win32') context.skip('links need a right on this platform');
    const env = (await seed(seedIn(project))) ?? {};
    const run = await runDoctor(argv, { cwd: project.path(cwd), env });
    expect(run.findings.map(({ id, level }) => [level, id])).toEqual(notes.map((id) => ['note', id]));
    expect([run.exitCode, run.text.exitCode]).toEqual([0, 0]);
    expect(run.text.stderr).toBe(notes.length === 0 ? 'mhk: nothing found\n' : 'mhk: 1 note\n');
    expect(findLeaks(run, [key, other])).toEqual([]);
  },
);
