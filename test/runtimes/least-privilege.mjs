// Deno alone: the permissions that a program needs, and none beside them. The program that asks for the key is this one.
//   least-privilege.mjs ask <origin of the API>
import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { createFetch } from '@magic-hour-keys/http';
import { envKeyProvider } from '@magic-hour-keys/env';

const { Deno } = globalThis;
const THIS_FILE = fileURLToPath(import.meta.url);

async function ask(origin) {
  const provider = envKeyProvider({ files: [] });
  const fetch = createFetch(provider, { allowedOrigins: [origin], allowInsecureLoopback: true });
  const answer = await fetch(`${origin}/v1/ai-image-generator`, { method: 'POST', body: '{}' });
  console.log(answer.status);
  await answer.text();
  await provider.close();
}

/**
 * By Deno's own call: its `node:child_process` gives a Deno that it starts every permission.
 *
 * @returns the exit code and all that was printed
 */
async function askWith(permissions, { key, origin }) {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ['run', '--quiet', '--no-prompt', ...permissions, THIS_FILE, 'ask', origin],
    env: { NO_COLOR: '1', MAGIC_HOUR_API_KEY: key },
    clearEnv: true,
    stdin: 'null',
  }).output();
  const decoder = new TextDecoder();
  return { code, printed: (decoder.decode(stdout) + decoder.decode(stderr)).trim() };
}

async function tryPermissions() {
  const { findLeaks, makeTestKey, startFakeMagicHourApi } = await import('@magic-hour-keys/testing');
  const key = makeTestKey();
  const api = await startFakeMagicHourApi({ accept: [key] });
  const { origin } = api;
  const [environment, network] = ['--allow-env=MAGIC_HOUR_API_KEY', `--allow-net=${new URL(origin).host}`];
  assert.deepEqual(await askWith([environment, network], { key, origin }), { code: 0, printed: '200' });
  for (const permissions of [[], [environment], [network]]) {
    const refused = await askWith(permissions, { key, origin });
    assert.equal(refused.code, 1, `${permissions.join(' ')} was enough`);
    assert.deepEqual(findLeaks(refused.printed, [key]), [], `${permissions.join(' ')}: the key was printed`);
  }
  assert.equal(api.requests.length, 1);
  await api.close();
  console.log('--allow-env=MAGIC_HOUR_API_KEY --allow-net');
}

const [, , task, target] = process.argv;
await (task === 'ask' ? ask(target) : tryPermissions());
