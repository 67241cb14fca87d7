// Runs the bundle of application.mjs in its own folder, where nothing is installed, once for each of its environments.
//   node run-bundle.mjs <file>
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { makeTestKey, startFakeMagicHourApi } from '@magic-hour-keys/testing';
import { startFakeAws } from '@magic-hour-keys/testing/fakes/aws';

const [file] = process.argv.slice(2);
const keys = { development: makeTestKey(), production: makeTestKey() };
const api = await startFakeMagicHourApi({ accept: Object.values(keys) });
const aws = await startFakeAws();
aws.secrets.put('prod/magic-hour', JSON.stringify({ apiKey: keys.production }));
const { accessKeyId, secretAccessKey } = aws.createAccessKey();
await writeFile(join(dirname(file), 'key.env'), `PACKED_KEY=${keys.development}\n`, { mode: 0o600 });
const env = {
  ...process.env,
  API_ORIGIN: api.origin,
  AWS_ORIGIN: aws.origin,
  ID: accessKeyId,
  SECRET: secretAccessKey,
};

for (const [environment, key] of Object.entries(keys)) {
  const running = promisify(execFile)(process.execPath, [file, environment], { cwd: dirname(file), env });
  const { stdout, stderr } = await running.catch((error) => error);
  assert.deepEqual({ stdout, stderr }, { stdout: '200', stderr: '' });
  assert.equal(api.requests.at(-1).authorization === `Bearer ${key}`, true, environment);
}
assert.equal(api.requests.length, 2);
assert.equal(aws.count('GetSecretValue'), 1);
await aws.close();
await api.close();
