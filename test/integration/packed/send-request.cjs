const assert = require('node:assert/strict');
const { loadKeyProvider } = require('@magic-hour-keys/config');
const { createFetch } = require('@magic-hour-keys/http');
const { makeTestKey, startFakeMagicHourApi } = require('@magic-hour-keys/testing');

// Synchronous on purpose: CommonJS has no top-level await, and a module must be able to export what it made.
const provider = loadKeyProvider({ environment: 'development' });

async function main() {
  const key = makeTestKey();
  process.env.PACKED_KEY = key;
  const api = await startFakeMagicHourApi({ accept: [key] });
  const fetch = createFetch(provider, { allowedOrigins: [api.origin], allowInsecureLoopback: true });
  const response = await fetch(`${api.origin}/v1/ai-image-generator`, { method: 'POST', body: '{}' });
  assert.equal(response.status, 200);
  assert.equal(api.requests[0].authorization, `Bearer ${key}`);
  await provider.close();
  await api.close();
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
