// The sources that need no SDK: environment, .env, a file that a variable names, a mounted Secret, and the same by a
// JSON config.
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadKeyProvider } from '@magic-hour-keys/config';
import { createKeyProvider, firstFound } from '@magic-hour-keys/core';
import { envKeyProvider, envKeySource } from '@magic-hour-keys/env';
import { kubernetesKeySource } from '@magic-hour-keys/kubernetes';
import { makeTestKey } from '@magic-hour-keys/testing';

const folder = await mkdtemp(join(tmpdir(), 'mhk-sources-'));
const VARIABLE = 'TRIED_KEY';

/** @param rotate puts another key there, where that can be done to a process that runs. */
async function expectKey(provider, key, rotate) {
  assert.equal((await provider.getKey()).reveal() === key, true, 'another key was found');
  if (rotate) {
    const next = makeTestKey();
    await rotate(next);
    const renewed = await provider.renew(await provider.getKey());
    assert.equal(renewed?.reveal() === next, true, 'the rotation was not noticed');
  }
  await provider.close();
}

async function fromEnvironment() {
  const key = makeTestKey();
  process.env[VARIABLE] = key;
  const provider = envKeyProvider({ variable: VARIABLE, files: [] });
  await expectKey(provider, key, (next) => (process.env[VARIABLE] = next));
  delete process.env[VARIABLE];
  const missing = envKeyProvider({ variable: VARIABLE, files: [] });
  await assert.rejects(missing.getKey(), { code: 'not_found' });
}

async function fromEnvFile() {
  const file = join(folder, '.env');
  const write = (value) => writeFile(file, `\uFEFF# a comment\n${VARIABLE}="${value}"\r\n`, { mode: 0o600 });
  const key = makeTestKey();
  await write(key);
  const provider = envKeyProvider({ variable: VARIABLE, cwd: folder, files: ['.env.local', '.env'] });
  await expectKey(provider, key, write);
}

async function fromNamedFile() {
  const file = join(folder, 'key');
  const write = (value) => writeFile(file, `${value}\n`, { mode: 0o600 });
  const key = makeTestKey();
  await write(key);
  process.env[`${VARIABLE}_FILE`] = file;
  await expectKey(envKeyProvider({ variable: VARIABLE, files: [] }), key, write);
  delete process.env[`${VARIABLE}_FILE`];
}

async function fromMount() {
  const mountPath = join(folder, 'mount');
  await mkdir(mountPath);
  const write = (value) => writeFile(join(mountPath, 'api_key'), value, { mode: 0o600 });
  const key = makeTestKey();
  await write(key);
  // A chain goes on from the link that has nothing.
  const chain = firstFound([
    envKeySource({ variable: VARIABLE, files: [] }),
    kubernetesKeySource({ mountPath }),
  ]);
  await expectKey(createKeyProvider(chain), key, write);
}

async function fromConfig() {
  const key = makeTestKey();
  await writeFile(join(folder, 'package.json'), '{}');
  await writeFile(
    join(folder, 'magic-hour-keys.json'),
    JSON.stringify({
      environments: { staging: { source: 'env', variable: VARIABLE, files: ['staging.env'] } },
    }),
  );
  const write = (value) => writeFile(join(folder, 'staging.env'), `${VARIABLE}=${value}\n`, { mode: 0o600 });
  await write(key);
  const file = join(folder, 'magic-hour-keys.json');
  await expectKey(loadKeyProvider({ environment: 'staging', file }), key, write);
}

const SOURCES = { fromEnvironment, fromEnvFile, fromNamedFile, fromMount, fromConfig };
try {
  for (const [name, tryIt] of Object.entries(SOURCES)) {
    await tryIt();
    console.log(name);
  }
} finally {
  await rm(folder, { recursive: true });
}
