// A key's life through createFetch: read once for all, aged on a clock that is moved by hand, renewed after a 401, and kept
// while the store is down.
import assert from 'node:assert/strict';
import { AsyncLocalStorage } from 'node:async_hooks';
import { createKeyProvider } from '@magic-hour-keys/core';
import { createFetch } from '@magic-hour-keys/http';
import { createManualClock, createMemorySource, startFakeMagicHourApi } from '@magic-hour-keys/testing';

const MINUTE = 60_000;
const CALLERS = 50;

const clock = createManualClock();
const source = createMemorySource();
const callers = new AsyncLocalStorage();
const contexts = [];
const noting = {
  ...source,
  read(context) {
    contexts.push(callers.getStore());
    return source.read(context);
  },
};
const events = [];
const onEvent = ({ type }) => events.push(type);
const provider = createKeyProvider(noting, { runtime: clock.runtime, onEvent, watch: false });
const api = await startFakeMagicHourApi({ accept: [source.current] });
const fetch = createFetch(provider, { allowedOrigins: [api.origin], allowInsecureLoopback: true });

async function send() {
  const answer = await fetch(`${api.origin}/v1/ai-image-generator`, { method: 'POST', body: '{}' });
  await answer.text();
  return answer.status;
}

function sendMany() {
  return Promise.all(Array.from({ length: CALLERS }, send));
}

function expectOnly(statuses, wanted) {
  assert.deepEqual([...new Set(statuses)], [wanted]);
}

const cold = async () => {
  assert.equal(provider.peek(), undefined);
  expectOnly(await sendMany(), 200);
  assert.deepEqual(source.reads, ['initial']);
};

const aged = async () => {
  const old = source.current;
  api.accept(source.rotate());
  await clock.advance(7 * MINUTE);
  assert.equal(await send(), 200);
  assert.equal(
    api.requests.at(-1).authorization === `Bearer ${old}`,
    true,
    'somebody waited for the new key',
  );
  await clock.settle();
  assert.equal(await send(), 200);
  assert.equal(api.requests.at(-1).authorization === `Bearer ${source.current}`, true, 'the old key stayed');
  assert.deepEqual(source.reads, ['initial', 'aged']);
};

const revoked = async () => {
  api.revoke(source.current);
  api.accept(source.rotate());
  expectOnly(await sendMany(), 200);
  assert.deepEqual(source.reads, ['initial', 'aged', 'rejected']);
};

const withoutStore = async () => {
  source.fail('unavailable', 1000);
  await clock.advance(60 * MINUTE);
  expectOnly(await sendMany(), 200);
  assert.equal(source.reads.at(-1), 'aged');
  source.heal();
};

const cancelled = async () => {
  provider.invalidate();
  source.hang();
  const reason = new Error('the caller is gone');
  await assert.rejects(provider.getKey({ signal: AbortSignal.abort(reason) }), reason);
  const controller = new AbortController();
  const waiting = provider.getKey({ signal: controller.signal });
  controller.abort(reason);
  await assert.rejects(waiting, reason);
  source.release();
};

await callers.run('a caller', async () => {
  for (const stage of [cold, aged, revoked, withoutStore, cancelled]) {
    await stage();
    console.log(stage.name);
  }
});
assert.equal(
  contexts.every((context) => context === undefined),
  true,
  'a shared read ran in the asynchronous context of one of its callers',
);
for (const type of ['resolved', 'changed', 'rejected', 'renewed']) assert.ok(events.includes(type), type);
await provider.close();
await assert.rejects(provider.getKey(), { code: 'closed' });
await api.close();
