// Stops frozen-handler.mjs between its invocations, as Lambda does, while the key is rotated and connections are cut.
import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { makeTestKey, startFakeMagicHourApi } from '@magic-hour-keys/testing';
import { startFakeAws } from '@magic-hour-keys/testing/fakes/aws';

/** Far beyond what the last invocation leaves behind, and less than the five minutes of a key's freshness. */
const EXIT_MS = 30_000;
const DAY_MS = 24 * 60 * 60 * 1000;
const SHORT_MS = 50;

async function startWorld(policy) {
  const key = makeTestKey();
  const api = await startFakeMagicHourApi({ accept: [key] });
  const aws = await startFakeAws();
  aws.secrets.put('prod/magic-hour', key);
  const { accessKeyId: ID, secretAccessKey: SECRET } = aws.createAccessKey();
  const places = { API_ORIGIN: api.origin, AWS_ORIGIN: aws.origin };
  const child = fork(new URL('frozen-handler.mjs', import.meta.url), {
    env: { ...process.env, ...places, ID, SECRET, FRESH_MS: policy.freshMs, MAX_STALE_MS: policy.maxStaleMs },
  });
  await once(child, 'message');
  return { api, aws, child, key };
}

async function invoke({ child }) {
  child.send('event');
  const [answer] = await once(child, 'message');
  assert.deepEqual(answer, { status: 200 });
}

async function freeze({ child }, whileFrozen) {
  child.kill('SIGSTOP');
  await whileFrozen();
  child.kill('SIGCONT');
}

function rotate({ api, aws, key }) {
  const next = makeTestKey();
  api.accept(next);
  aws.secrets.put('prod/magic-hour', next);
  api.revoke(key);
  return next;
}

/** No timer, no socket and no read may keep the process: Lambda would go on billing it, a script would hang. */
async function expectExit({ api, aws, child }) {
  const guard = setTimeout(() => child.kill('SIGKILL'), EXIT_MS);
  child.disconnect();
  const [code, signal] = await once(child, 'exit');
  clearTimeout(guard);
  assert.deepEqual({ code, signal }, { code: 0, signal: null });
  await Promise.all([api.close(), aws.close()]);
}

async function rotatedWhileFrozen() {
  const world = await startWorld({ freshMs: 5 * 60 * 1000, maxStaleMs: DAY_MS });
  await invoke(world);
  await freeze(world, async () => void rotate(world));
  await invoke(world);
  assert.deepEqual(world.api.statusCounts, { 200: 2, 401: 1 });
  assert.equal(world.aws.count('GetSecretValue'), 2);
  await expectExit(world);
}

async function tooOldAfterTheFreeze() {
  const world = await startWorld({ freshMs: SHORT_MS, maxStaleMs: SHORT_MS });
  await invoke(world);
  await freeze(world, async () => {
    const next = rotate(world);
    world.api.accept(world.key);
    // A longer wait changes nothing: the key is too old either way.
    await wait(2 * SHORT_MS);
    world.next = next;
  });
  await invoke(world);
  assert.equal(world.api.requests.at(-1).authorization === `Bearer ${world.next}`, true);
  assert.deepEqual(world.api.statusCounts, { 200: 2 });
  await expectExit(world);
}

async function frozenInTheMiddleOfABackgroundRead() {
  const world = await startWorld({ freshMs: 1, maxStaleMs: DAY_MS });
  const { api, aws } = world;
  await invoke(world);
  await wait(2);
  aws.hold();
  // The key has aged: it is used at once, and read again behind the answer.
  await invoke(world);
  await aws.whenHeld(1);
  await freeze(world, async () => {
    rotate(world);
    // Whoever was frozen finds its connection cut.
    aws.fail('reset', { times: 1 });
    aws.release();
    await aws.whenDisconnected();
  });
  await invoke(world);
  assert.deepEqual(api.statusCounts, { 200: 3, 401: 1 });
  await expectExit(world);
}

await rotatedWhileFrozen();
console.log('rotated while frozen');
await tooOldAfterTheFreeze();
console.log('too old after the freeze');
await frozenInTheMiddleOfABackgroundRead();
console.log('cut off in a background read');
