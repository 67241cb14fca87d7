// `mhk` as this runtime runs it: get, check and exec, with their exit codes, and never the key.
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeTestKey } from '@magic-hour-keys/testing';
import { runProgram } from './run-program.mjs';

const MHK = fileURLToPath(new URL('bin.js', import.meta.resolve('magic-hour-keys')));
const key = makeTestKey();
const env = { MAGIC_HOUR_API_KEY: key };
const cwd = await mkdtemp(join(tmpdir(), 'mhk-command-line-'));

async function mhk(args, variables) {
  const run = await runProgram(MHK, args, { env: variables, cwd });
  assert.equal(run.stdout.includes(key) || run.stderr.includes(key), false, `mhk ${args[0]} printed the key`);
  return run;
}

const get = async () => {
  const found = await mhk(['get', '--json'], env);
  assert.deepEqual({ code: found.code, stderr: found.stderr }, { code: 0, stderr: '' });
  assert.equal(JSON.parse(found.stdout).last4, key.slice(-4));
  const missing = await mhk(['get'], {});
  assert.equal(missing.code, 66);
  assert.match(missing.stderr, /Set MAGIC_HOUR_API_KEY/);
  assert.equal((await mhk(['gte'], env)).code, 64);
};

const check = async () => {
  const config = { environments: { production: { source: 'aws', regoin: 'us-east-1' } } };
  await writeFile(join(cwd, 'magic-hour-keys.json'), JSON.stringify(config));
  const wrong = await mhk(['check'], {});
  assert.equal(wrong.code === 0, false);
  assert.match(wrong.stdout + wrong.stderr, /regoin/);
  await rm(join(cwd, 'magic-hour-keys.json'));
};

/** The child is a shell, so that none of it depends on the runtime. */
const exec = async () => {
  const ask =
    'printf "%s %s" "${#MAGIC_HOUR_API_KEY}" "${MAGIC_HOUR_API_KEY%????????????????????????????????}"; exit 7';
  const run = await mhk(['exec', '--', 'sh', '-c', ask], env);
  assert.deepEqual({ code: run.code, stdout: run.stdout }, { code: 7, stdout: `${key.length} mhk_test_` });
  const masked = await mhk(
    ['exec', '--', 'sh', '-c', 'echo "$MAGIC_HOUR_API_KEY"; echo "$MAGIC_HOUR_API_KEY" >&2'],
    env,
  );
  assert.equal(masked.code, 0);
  assert.notEqual(masked.stdout, '');
  const killed = await mhk(['exec', '--', 'sh', '-c', 'kill -TERM $$'], env);
  assert.equal(killed.code, 128 + 15);
  assert.equal((await mhk(['exec', '--', 'no-such-program-anywhere'], env)).code, 127);
};

const commands = process.platform === 'win32' ? { get, check } : { get, check, exec };
try {
  for (const [name, tryIt] of Object.entries(commands)) {
    await tryIt();
    console.log(name);
  }
} finally {
  await rm(cwd, { recursive: true });
}
