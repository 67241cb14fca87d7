// The main job from start to end, without an account: find the key, send a request, live through a rotation.
//   npm start             against a stand-in of the Magic Hour API on this machine
//   npm start -- --live   asks the real API, for free, whether the key in your environment is good
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { loadKeyProvider } from '@magic-hour-keys/config';
import { createFetch, probeKey } from '@magic-hour-keys/http';
import { makeTestKey, startFakeMagicHourApi } from '@magic-hour-keys/testing';

// What a team commits. The key itself is never in here: this says where to look for it.
const CONFIG = { environments: { development: { source: 'env', variable: 'DEMO_KEY', files: ['.env'] } } };

export async function showFirstRequest(print) {
  const folder = await mkdtemp(join(tmpdir(), 'magic-hour-keys-'));
  const oldKey = makeTestKey();
  const api = await startFakeMagicHourApi({ accept: [oldKey] });
  try {
    await writeFile(join(folder, 'magic-hour-keys.json'), JSON.stringify(CONFIG));
    await writeFile(join(folder, '.env'), `DEMO_KEY=${oldKey}\n`, { mode: 0o600 });
    await useKey({ folder, api, oldKey, print });
  } finally {
    await api.close();
    await rm(folder, { recursive: true });
  }
}

async function useKey({ folder, api, oldKey, print }) {
  // An application needs these two lines and leaves the options out: it calls https://api.magichour.ai.
  const provider = loadKeyProvider({
    environment: 'development',
    file: join(folder, 'magic-hour-keys.json'),
  });
  const fetch = createFetch(provider, { allowedOrigins: [api.origin], allowInsecureLoopback: true });

  const key = await provider.getKey();
  print(`1. The key     …${key.last4}, found by "${key.source}" in .env, as magic-hour-keys.json says`);

  const first = await generateImage(fetch, api);
  assert.equal(first.status, 200);
  print(`2. A request   POST /v1/ai-image-generator with …${key.last4}: ${first.status}`);

  // Somebody rotates the key. Nobody tells this process.
  const newKey = makeTestKey();
  await writeFile(join(folder, '.env'), `DEMO_KEY=${newKey}\n`);
  api.accept(newKey);
  api.revoke(oldKey);
  print(`3. A rotation  .env now holds …${newKey.slice(-4)}, and the API refuses …${key.last4}`);

  const second = await generateImage(fetch, api);
  assert.equal(second.status, 200);
  const [, refused, replayed] = api.requests;
  assert.deepEqual([refused.status, replayed.status], [401, 200]);
  assert.equal(replayed.keyLast4, newKey.slice(-4));
  print(
    `4. A request   …${refused.keyLast4}: ${refused.status}, then …${replayed.keyLast4}: ${replayed.status}`,
  );
  print(`               The caller saw one answer, ${second.status}. No restart, no failed request.`);
  await provider.close();
}

function generateImage(fetch, { origin }) {
  return fetch(`${origin}/v1/ai-image-generator`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      image_count: 1,
      orientation: 'square',
      style: { prompt: 'A lighthouse at dawn' },
    }),
  });
}

export async function askRealApi(print) {
  const provider = loadKeyProvider({
    config: { environments: { live: { source: 'env' } } },
    environment: 'live',
  });
  const key = await provider.getKey();
  const { verdict, detail } = await probeKey(key);
  print(`The key …${key.last4} from "${key.source}" is ${verdict}: ${detail}.`);
  await provider.close();
  return verdict === 'good' || verdict === 'unpaid';
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  try {
    if (!process.argv.includes('--live')) await showFirstRequest(console.log);
    else if (!(await askRealApi(console.log))) process.exitCode = 1;
  } catch (error) {
    // Errors of this library say what to do next, and never show a key.
    console.error(error.hint ? `${error.message}\n${error.hint}` : error);
    process.exitCode = 1;
  }
}
