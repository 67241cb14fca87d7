// Reads a key from Google Secret Manager by its SDK, over gRPC or REST. NODE_BINARY runs the server.
//   gcp.mjs <grpc|rest>
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { loadKeyProvider } from '@magic-hour-keys/config';
import { makeTestKey } from '@magic-hour-keys/testing';

const [, , transport] = process.argv;
const secret = 'projects/my-project/secrets/magic-hour';
const key = makeTestKey();
const server = spawn(process.env.NODE_BINARY, [fileURLToPath(new URL('gcp-server.mjs', import.meta.url))], {
  env: { PATH: process.env.PATH, SECRET: secret, STORED_KEY: key },
  stdio: ['pipe', 'pipe', 'inherit'],
});
const [line] = await once(createInterface(server.stdout), 'line');
const { origin, account } = JSON.parse(line);
const auth = { method: 'service-account', key: { env: 'ACCOUNT' } };
const provider = loadKeyProvider({
  config: { environments: { production: { source: 'gcp', secret, endpoint: origin, transport, auth } } },
  environment: 'production',
  env: { ACCOUNT: JSON.stringify(account) },
});
try {
  const found = await provider.getKey();
  assert.equal(found.reveal() === key, true);
} finally {
  await provider.close();
  server.stdin.end();
}
