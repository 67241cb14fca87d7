import assert from 'node:assert/strict';
import { loadKeyProvider } from '@magic-hour-keys/config';
import { createFetch } from '@magic-hour-keys/http';
import { makeTestKey, startFakeMagicHourApi } from '@magic-hour-keys/testing';

const key = makeTestKey();
const api = await startFakeMagicHourApi({ accept: [key] });
const provider = loadKeyProvider({ environment: 'development' });
const fetch = createFetch(provider, { allowedOrigins: [api.origin], allowInsecureLoopback: true });
process.env.PACKED_KEY = key;

const response = await fetch(`${api.origin}/v1/ai-image-generator`, { method: 'POST', body: '{}' });
assert.equal(response.status, 200);
assert.equal(api.requests[0].authorization, `Bearer ${key}`);
await provider.close();
await api.close();
