// The example application and its config, once for each store: only the object behind "production" is replaced. Each
// store is asked by its official SDK, over a socket.
import { copyFile, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { checkConfig } from '@magic-hour-keys/config';
import { makeTestKey, startFakeMagicHourApi, type FakeMagicHourApi } from '@magic-hour-keys/testing';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { makeAwsHarness } from '../../conformance/harness/aws.ts';
import { makeAzureHarness } from '../../conformance/harness/azure.ts';
import { makeEnvHarness } from '../../conformance/harness/env.ts';
import { makeGcpHarness } from '../../conformance/harness/gcp.ts';
import type { ConfigurableHarness } from '../../conformance/harness/harness-options.ts';
import { makeMountHarness } from '../../conformance/harness/kubernetes-mount.ts';
import { makeKubernetesHarness } from '../../conformance/harness/kubernetes.ts';
import { makeVaultHarness } from '../../conformance/harness/vault.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const example = join(root, 'examples/swap-stores');
const key = makeTestKey();
const workingDirectory = process.cwd();
let folder: string;
let api: FakeMagicHourApi;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mhk-swap-stores-'));
  // With this ending it imports our packages from their sources, and needs no build.
  await copyFile(join(example, 'app.mjs'), join(folder, 'app.ts'));
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction');
  api = await startFakeMagicHourApi({ accept: [key] });
  sendApiRequestsTo(api.origin);
  vi.spyOn(console, 'log').mockReturnValue();
  vi.stubEnv('MAGIC_HOUR_ENV', 'production');
  process.chdir(folder);
});

afterEach(async () => {
  process.chdir(workingDirectory);
  await api.close();
  await rm(folder, { recursive: true });
});

const STORES: Readonly<Record<string, () => Promise<ConfigurableHarness>>> = {
  'a file in .env format': () => makeEnvHarness('env file'),
  'AWS Secrets Manager': makeAwsHarness,
  'Azure Key Vault': makeAzureHarness,
  'Google Secret Manager, gRPC': () => makeGcpHarness('grpc'),
  'Google Secret Manager, REST': () => makeGcpHarness('rest'),
  'Kubernetes, API server': makeKubernetesHarness,
  'Kubernetes, mounted Secret': makeMountHarness,
  Vault: makeVaultHarness,
};

test.each(Object.entries(STORES))(
  'the same application gets its key from: %s',
  async (_name, makeHarness) => {
    const store = await makeHarness();
    try {
      await store.put(key);
      for (const [name, value] of Object.entries(store.variables)) vi.stubEnv(name, value);
      await writeConfig(store.block);
      await import(/* @vite-ignore */ pathToFileURL(join(folder, 'app.ts')).href);
      expect(api.requests).toMatchObject([{ authorization: `Bearer ${key}`, status: 200 }]);
      expect(console.log).toHaveBeenCalledWith(200);
    } finally {
      await store.close();
    }
  },
);

test('each object in the folder production/ is a good one, and names a store of its own', async () => {
  const files = await readdir(join(example, 'production'));
  const places = await Promise.all(
    files.map(async (file) => {
      const production: unknown = JSON.parse(await readFile(join(example, 'production', file), 'utf8'));
      const { location, problems } = await checkBlock(production);
      expect(problems).toEqual([]);
      return location;
    }),
  );
  expect(new Set(places).size).toBe(7);
});

test('the README of the example names each of them', async () => {
  const readme = await readFile(join(example, 'README.md'), 'utf8');
  const named = [...readme.matchAll(/\]\(production\/(\S+)\)/g)].map(([, file]) => file);
  expect(new Set(named)).toEqual(new Set(await readdir(join(example, 'production'))));
});

/** The example's config with another object behind "production", and without comments. */
async function configWith(production: unknown): Promise<{ environments: object }> {
  const text = await readFile(join(example, 'magic-hour-keys.json'), 'utf8');
  const json = text.replaceAll(/^\s*\/\/.*$/gm, '').replaceAll(/,(\s*[}\]])/g, '$1');
  const config = JSON.parse(json) as { environments: object };
  return { ...config, environments: { ...config.environments, production } };
}

async function writeConfig(production: unknown): Promise<void> {
  await writeFile(join(folder, 'magic-hour-keys.json'), JSON.stringify(await configWith(production)));
}

async function checkBlock(production: unknown): Promise<{ location: unknown; problems: unknown }> {
  const { environments, problems } = checkConfig({ config: await configWith(production) });
  const { location } = environments.find(({ name }) => name === 'production') ?? {};
  return { location, problems };
}

/** The application names the real API; on the wire its requests go to the stand-in. */
function sendApiRequestsTo(origin: string): void {
  const realFetch = globalThis.fetch;
  vi.stubGlobal('fetch', (input: string, init?: RequestInit) =>
    realFetch(String(input).replace('https://api.magichour.ai', origin), init),
  );
}
