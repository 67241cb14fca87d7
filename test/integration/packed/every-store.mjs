// Reads a key from each store by a JSON config, as an application does: through the published files and the real SDKs,
// from stand-ins of the stores on this machine.
//   node every-store.mjs [store …]    all by default
import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadKeyProvider } from '@magic-hour-keys/config';
import { makeTestKey } from '@magic-hour-keys/testing';
import { startFakeAws } from '@magic-hour-keys/testing/fakes/aws';
import { startFakeAzure } from '@magic-hour-keys/testing/fakes/azure';
import { startFakeGcp } from '@magic-hour-keys/testing/fakes/gcp';
import { startFakeKubernetes } from '@magic-hour-keys/testing/fakes/kubernetes';
import { startFakeVault } from '@magic-hour-keys/testing/fakes/vault';

const folder = mkdtempSync(join(tmpdir(), 'mhk-every-store-'));
const GCP_SECRET = 'projects/my-project/secrets/magic-hour';

/** Each gives the object of the config, the variables that it names, and what ends the store. */
const STORES = {
  async aws(key) {
    const aws = await startFakeAws();
    aws.secrets.put('prod/magic-hour', JSON.stringify({ apiKey: key }));
    const { accessKeyId, secretAccessKey } = aws.createAccessKey();
    const auth = { method: 'static', accessKeyId: { env: 'ID' }, secretAccessKey: { env: 'SECRET' } };
    const place = { secretId: 'prod/magic-hour', field: 'apiKey', region: 'us-east-1', endpoint: aws.origin };
    return {
      block: { ...place, auth },
      env: { ID: accessKeyId, SECRET: secretAccessKey },
      close: () => aws.close(),
    };
  },
  async azure(key) {
    const azure = await startFakeAzure({ isPlain: true });
    azure.secrets.put('magic-hour', key);
    process.env.AZURE_POD_IDENTITY_AUTHORITY_HOST = azure.metadataOrigin;
    const place = {
      vaultUrl: azure.vaultUrl,
      name: 'magic-hour',
      disableChallengeResourceVerification: true,
    };
    return { block: { ...place, auth: { method: 'managed-identity' } }, close: () => azure.close() };
  },
  async gcp(key) {
    const gcp = await startFakeGcp();
    gcp.secrets.put(GCP_SECRET, key);
    const auth = { method: 'service-account', key: { env: 'KEY' } };
    const env = { KEY: JSON.stringify(gcp.createServiceAccountKey()) };
    return { block: { secret: GCP_SECRET, endpoint: gcp.origin, auth }, env, close: () => gcp.close() };
  },
  async kubernetes(key) {
    const cluster = await startFakeKubernetes();
    cluster.createNamespace('video');
    cluster.putSecret('video', 'magic-hour', { api_key: key });
    const file = join(folder, 'kubeconfig');
    await writeFile(file, cluster.kubeconfig({ token: cluster.adminToken }, { namespace: 'video' }));
    return {
      block: { name: 'magic-hour', auth: { method: 'kubeconfig', file } },
      close: () => cluster.close(),
    };
  },
  async 'kubernetes, mounted'(key) {
    await mkdir(join(folder, 'mount'));
    await writeFile(join(folder, 'mount/api_key'), key, { mode: 0o600 });
    return { block: { mountPath: join(folder, 'mount') }, close: async () => undefined };
  },
  async vault(key) {
    const vault = await startFakeVault();
    vault.enableKv('secret', 2);
    vault.writePolicy('reader', [{ path: 'secret/data/magic-hour', capabilities: ['read'] }]);
    vault.enableAppRole({
      roleId: 'worker',
      secretIds: ['id-of-worker'],
      policies: ['reader'],
      ttlSeconds: 600,
    });
    vault.writeSecret('secret/magic-hour', { api_key: key });
    const auth = { method: 'approle', roleId: 'worker', secretId: { env: 'SECRET_ID' } };
    const block = { path: 'secret/magic-hour', address: vault.origin, auth };
    return { block, env: { SECRET_ID: 'id-of-worker' }, close: () => vault.close() };
  },
};

/** No top-level await: this is bundled as CommonJS, too. */
async function main() {
  const wanted = process.argv.slice(2);
  for (const [name, start] of Object.entries(STORES)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    await readFrom(name, start);
    console.log(`${name} ok`);
  }
  await rm(folder, { recursive: true });
}

async function readFrom(name, start) {
  const key = makeTestKey();
  const { block, env, close } = await start(key);
  const [source] = name.split(',');
  const provider = loadKeyProvider({
    config: { environments: { production: { source, ...block } } },
    environment: 'production',
    env: { ...process.env, ...env },
  });
  const found = await provider.getKey();
  assert.equal(found.reveal() === key, true, name);
  await provider.close();
  await close();
}

void main();
