// In production a config says `"files": []`, so that no .env which was left behind is taken for the real environment.
// A runtime that loads .env by itself undoes that before the first line of any program runs.
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadKeyProvider } from '@magic-hour-keys/config';
import { makeTestKey } from '@magic-hour-keys/testing';
import { runProgram } from './run-program.mjs';

async function tellWhetherFound() {
  const config = { environments: { production: { source: 'env', files: [] } } };
  const provider = loadKeyProvider({ config, environment: 'production' });
  const found = await provider.getKey().then(
    () => 'found',
    ({ code }) => code,
  );
  await provider.close();
  console.log(found);
}

async function tryBesideEnvFile() {
  const cwd = await mkdtemp(join(tmpdir(), 'mhk-env-file-'));
  try {
    await writeFile(join(cwd, '.env'), `MAGIC_HOUR_API_KEY=${makeTestKey()}\n`, { mode: 0o600 });
    const { stdout, stderr } = await runProgram(fileURLToPath(import.meta.url), ['tell'], { cwd });
    assert.equal(stdout.trim(), 'not_found', `the runtime loaded .env by itself\n${stderr}`);
  } finally {
    await rm(cwd, { recursive: true });
  }
}

await (process.argv[2] === 'tell' ? tellWhetherFound() : tryBesideEnvFile());
