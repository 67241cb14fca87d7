// The provider's events on node:diagnostics_channel, as an agent for traces would hear them.
import assert from 'node:assert/strict';
import { subscribe } from 'node:diagnostics_channel';
import { createKeyProvider } from '@magic-hour-keys/core';
import { publishKeyEvents } from '@magic-hour-keys/core/node';
import { createMemorySource, findLeaks } from '@magic-hour-keys/testing';

const heard = { resolved: [], event: [] };
for (const [name, messages] of Object.entries(heard))
  subscribe(`magic-hour-keys:${name}`, (message) => messages.push(message));

const source = createMemorySource();
const provider = createKeyProvider(source);
const stop = publishKeyEvents(provider);
const first = await provider.getKey();
source.rotate();
await provider.renew(first);
stop();
source.rotate();
await provider.renew(await provider.getKey());

assert.deepEqual(
  heard.resolved.map(({ type }) => type),
  ['resolved'],
);
assert.deepEqual(
  heard.event.map(({ type }) => type),
  ['resolved', 'rejected', 'changed', 'renewed'],
);
assert.deepEqual(findLeaks(heard, [first.reveal(), source.current]), []);
await provider.close();
console.log(`${heard.event.length} events`);
