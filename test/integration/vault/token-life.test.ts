// Time is the manual clock's, for the fake as well as for the source; only the sockets are real.
import { createManualClock, type ManualClock } from '@magic-hour-keys/testing';
import type { TokenOptions } from '@magic-hour-keys/testing/fakes/vault';
import type { VaultOptions } from '@magic-hour-keys/vault';
import type { KeySource } from '@magic-hour-keys/core';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../unit/core/node/temporary-folder.ts';
import { expectEventually, read, readFailure } from '../store-reads.ts';
import { POLICY, startWorld, type VaultWorld } from './vault-world.ts';

const HOUR = 3600;
const folder = temporaryFolder();

interface TimedWorld extends VaultWorld {
  readonly clock: ManualClock;
  readonly one: KeySource;
  /** Both clocks move on; nothing runs by itself. */
  pass(seconds: number): Promise<void>;
  /** How often this was asked so far. */
  count(route: string): number;
}

async function startTimed(options: Partial<VaultOptions>, role?: TokenOptions): Promise<TimedWorld> {
  const clock = createManualClock();
  const world = await startWorld({ wallMs: () => clock.wallMs() });
  world.vault.enableAppRole({ roleId: 'r', secretIds: [], policies: [POLICY], ...role });
  const one = world.source({ env: world.env, runtime: clock.runtime, ...options });
  return {
    ...world,
    clock,
    one,
    pass: (seconds) => clock.advance(seconds * 1000),
    count: (route) => world.vault.calls.filter((call) => call.endsWith(route)).length,
  };
}

const APPROLE = { auth: { method: 'approle', roleId: 'r' } } as const;

test('a login is renewed between 60 and 80 % of its life, beside a read', async () => {
  const { one, pass, count, clock } = await startTimed(APPROLE, { ttlSeconds: HOUR });
  await read(one);
  await pass(0.59 * HOUR);
  await read(one, 'aged');
  expect(clock.timers()).toEqual([]);
  expect(count('/renew-self')).toBe(0);
  await pass(0.21 * HOUR);
  await read(one, 'aged');
  await expectEventually(() => count('/renew-self')).toBe(1);
  await expectEventually(() => clock.timers()).toEqual([]);
  // From then on it is as good as new.
  await pass(0.59 * HOUR);
  await read(one, 'aged');
  expect(clock.timers()).toEqual([]);
  expect(count('/renew-self')).toBe(1);
  expect(count('/login')).toBe(1);
});

test('the moment is spread, so that a fleet does not renew together', async () => {
  const shares = await Promise.all(
    [0, 0.5, 0.999].map(async (random) => {
      const { one, pass, count, clock } = await startTimed(APPROLE, { ttlSeconds: 1000 });
      clock.setRandom(() => random);
      await read(one);
      for (let seconds = 590; seconds < 810; seconds += 10) {
        await pass(seconds === 590 ? 590 : 10);
        await read(one, 'aged');
        if (clock.timers().length > 0 || count('/renew-self') > 0) return seconds;
      }
      return undefined;
    }),
  );
  expect(shares).toEqual([600, 700, 800]);
});

test('a life of 32 days starts no timer, and is not renewed for 19 days', async () => {
  const days = 24 * HOUR;
  const { one, pass, count, clock } = await startTimed(APPROLE, { ttlSeconds: 32 * days });
  await read(one);
  for (let day = 1; day <= 19; day++) {
    await pass(days);
    await read(one, 'aged');
  }
  expect(clock.timers()).toEqual([]);
  expect(count('/renew-self')).toBe(0);
  await pass(7 * days);
  await read(one, 'aged');
  await expectEventually(() => count('/renew-self')).toBe(1);
});

test('a process that slept past the end of its login logs in again, without being told by a 403', async () => {
  const { one, count, clock, key, vault } = await startTimed(APPROLE, { ttlSeconds: HOUR });
  await read(one);
  // The monotonic clock stands still meanwhile.
  clock.sleep(2 * HOUR * 1000);
  expect((await read(one, 'aged')).value).toBe(key);
  expect(count('/login')).toBe(2);
  expect(vault.requests.map(({ status }) => status)).not.toContain(403);
});

test('a clock that was set back does not make a login live for ever', async () => {
  const { one, count, clock, pass, vault, key } = await startTimed(APPROLE, { ttlSeconds: HOUR });
  await read(one);
  clock.jumpWall(-10 * HOUR * 1000);
  await pass(1.1 * HOUR);
  vault.revokeAllTokens();
  vault.clearRequests();
  expect((await read(one, 'aged')).value).toBe(key);
  // It knew, and did not have to be told by a 403.
  expect(vault.requests.map(({ status }) => status)).not.toContain(403);
  expect(count('/login')).toBe(1);
});

test('a login that may not be renewed is replaced by a new one, in time and beside a read', async () => {
  const { one, pass, count } = await startTimed(APPROLE, { ttlSeconds: HOUR, renewable: false });
  await read(one);
  await pass(0.85 * HOUR);
  await read(one, 'aged');
  await expectEventually(() => count('/login')).toBe(2);
  expect(count('/renew-self')).toBe(0);
});

test('a batch token is never renewed, and never revoked', async () => {
  const { one, pass, count } = await startTimed(APPROLE, { ttlSeconds: HOUR, type: 'batch' });
  await read(one);
  await pass(0.85 * HOUR);
  await read(one, 'aged');
  await expectEventually(() => count('/login')).toBe(2);
  expect(count('/renew-self')).toBe(0);
});

test('a renewal that grants less than before is the last one; then there is a new login', async () => {
  const { one, pass, count } = await startTimed(APPROLE, { ttlSeconds: HOUR, maxTtlSeconds: 1.5 * HOUR });
  await read(one);
  await pass(0.85 * HOUR);
  await read(one, 'aged');
  await expectEventually(() => count('/renew-self')).toBe(1);
  // 0.65 hours are left, of which 85 % pass.
  await pass(0.56 * HOUR);
  await read(one, 'aged');
  await expectEventually(() => count('/login')).toBe(2);
  expect(count('/renew-self')).toBe(1);
});

test('a renewal that is refused is followed by a new login', async () => {
  const { one, pass, count } = await startTimed(APPROLE, { ttlSeconds: HOUR, withoutDefaultPolicy: true });
  await read(one);
  await pass(0.85 * HOUR);
  await read(one, 'aged');
  await expectEventually(() => count('/renew-self')).toBe(1);
  await pass(60);
  await read(one, 'aged');
  await expectEventually(() => count('/login')).toBe(2);
});

test('a renewal that fails or hangs delays nobody, and is tried again at the next read', async () => {
  const { one, pass, count, vault, key, clock } = await startTimed(APPROLE, { ttlSeconds: HOUR });
  await read(one);
  await pass(0.85 * HOUR);
  const which = ({ path }: { path: string }): boolean => path.endsWith('/renew-self');
  vault.fail({ status: 500, json: { errors: ['internal error'] } }, { which });
  vault.fail('hang', { which });
  expect((await read(one, 'aged')).value).toBe(key);
  await expectEventually(() => count('/renew-self')).toBe(1);
  await expectEventually(() => clock.timers().length).toBe(0);
  expect((await read(one, 'aged')).value).toBe(key);
  await expectEventually(() => count('/renew-self')).toBe(2);
  // The one that hangs is given up after ten seconds, by a timer that holds no process.
  expect(clock.timers()).toEqual([{ dueInMs: 10_000, keepAlive: false }]);
  expect((await read(one, 'aged')).value).toBe(key);
  expect(count('/renew-self')).toBe(2);
  await pass(10);
  await expectEventually(() => clock.timers().length).toBe(0);
  expect((await read(one, 'aged')).value).toBe(key);
  await expectEventually(() => count('/renew-self')).toBe(3);
  expect(count('/login')).toBe(1);
});

test('a new login that fails leaves the old one in use until its end', async () => {
  const { one, pass, count, vault, key } = await startTimed(APPROLE, { ttlSeconds: HOUR, renewable: false });
  await read(one);
  await pass(0.85 * HOUR);
  vault.fail({ status: 503, json: { errors: ['busy'] } }, { which: ({ path }) => path.endsWith('/login') });
  expect((await read(one, 'aged')).value).toBe(key);
  await expectEventually(() => count('/login')).toBe(2);
  expect((await read(one, 'aged')).value).toBe(key);
  await expectEventually(() => count('/login')).toBe(3);
});

test('a login that is good for one request is made anew for each', async () => {
  const { one, count, key, vault } = await startTimed(APPROLE, { ttlSeconds: HOUR, numUses: 1 });
  expect((await read(one)).value).toBe(key);
  expect(count('/login')).toBe(2);
  expect((await read(one, 'aged')).value).toBe(key);
  expect(count('/login')).toBe(3);
  expect(vault.requests.map(({ status }) => status)).not.toContain(403);
});

test('a login of few uses is not spent on a renewal', async () => {
  const { one, pass, count } = await startTimed(APPROLE, { ttlSeconds: HOUR, numUses: 10 });
  await read(one);
  await pass(0.85 * HOUR);
  await read(one, 'aged');
  await expectEventually(() => count('/login')).toBe(2);
  expect(count('/renew-self')).toBe(0);
});

test('a token that was given is looked up beside the second read, and renewed in time', async () => {
  const { env, vault, one, pass, count, clock } = await startTimed({});
  env['VAULT_TOKEN'] = vault.createToken({ policies: [POLICY], ttlSeconds: HOUR });
  await read(one);
  // What is asked beside a read is bounded by a timer.
  expect(clock.timers()).toEqual([]);
  await read(one, 'aged');
  await expectEventually(() => count('/lookup-self')).toBe(1);
  await expectEventually(() => clock.timers()).toEqual([]);
  await pass(0.5 * HOUR);
  await read(one, 'aged');
  expect(clock.timers()).toEqual([]);
  await pass(0.35 * HOUR);
  await read(one, 'aged');
  await expectEventually(() => count('/renew-self')).toBe(1);
  await expectEventually(() => clock.timers()).toEqual([]);
  await pass(0.5 * HOUR);
  await read(one, 'aged');
  expect(clock.timers()).toEqual([]);
});

test.each<[string, TokenOptions]>([
  ['has no end', {}],
  ['can not be renewed', { ttlSeconds: HOUR, renewable: false }],
  ['is good for few requests', { ttlSeconds: HOUR, numUses: 20 }],
  ['may not look itself up', { ttlSeconds: HOUR, withoutDefaultPolicy: true }],
])('a token that was given and %s is left alone', async (_, options) => {
  const { env, vault, one, pass, count } = await startTimed({});
  env['VAULT_TOKEN'] = vault.createToken({ policies: [POLICY], ...options });
  await read(one);
  for (let minutes = 0; minutes < 54; minutes += 9) {
    await read(one, 'aged');
    await expectEventually(() => count('/lookup-self')).toBe(1);
    await pass(9 * 60);
  }
  expect(count('/renew-self')).toBe(0);
});

test('another token in the variable is looked up for itself', async () => {
  const { env, vault, one, count } = await startTimed({});
  await read(one);
  await read(one, 'aged');
  await expectEventually(() => count('/lookup-self')).toBe(1);
  env['VAULT_TOKEN'] = vault.createToken({ policies: [POLICY] });
  await read(one, 'aged');
  await expectEventually(() => count('/lookup-self')).toBe(2);
});

test('a token that somebody else keeps up to date is neither looked up nor renewed', async () => {
  const { env, vault, source, clock, count, pass } = await startTimed({});
  const file = await folder.write('sink', env['VAULT_TOKEN'] ?? '');
  const one = source({ auth: { method: 'token-file', file }, runtime: clock.runtime });
  await read(one);
  await pass(100 * HOUR);
  await read(one, 'aged');
  await read(one, 'aged');
  expect(clock.timers()).toEqual([]);
  expect(count('/lookup-self')).toBe(0);
  expect(vault.secretReads).toBe(3);
});

test('a login that was revoked is replaced within the read that notices it', async () => {
  const { one, count, vault, key } = await startTimed(APPROLE, { ttlSeconds: HOUR });
  await read(one);
  vault.revokeAllTokens();
  expect((await read(one, 'aged')).value).toBe(key);
  expect(count('/login')).toBe(2);
});

test('a login without the policy is made anew once for each read, and not once for each request', async () => {
  const { one, count, vault } = await startTimed(APPROLE, { ttlSeconds: HOUR });
  await read(one);
  vault.writePolicy(POLICY, []);
  expect(await readFailure(one, 'aged')).toMatchObject({ code: 'access_denied' });
  expect(count('/login')).toBe(2);
  expect(await readFailure(one, 'aged')).toMatchObject({ code: 'access_denied' });
  expect(count('/login')).toBe(3);
  expect(count('/lookup-self')).toBe(0);
});

test('a first login without the policy is not made a second time', async () => {
  const { one, count, vault } = await startTimed(APPROLE, { ttlSeconds: HOUR });
  vault.writePolicy(POLICY, [{ path: 'secret/other', capabilities: ['read'] }]);
  expect(await readFailure(one)).toMatchObject({ code: 'access_denied' });
  expect(count('/login')).toBe(1);
});

test('a given token that was replaced meanwhile is read anew and tried, within the same read', async () => {
  const { env, vault, one, key, token } = await startTimed({});
  await read(one);
  vault.revokeToken(token);
  const next = vault.createToken({ policies: [POLICY] });
  vault.hold(({ path }) => path.includes('/data/'));
  const reading = read(one, 'aged');
  await vault.whenHeld(1);
  env['VAULT_TOKEN'] = next;
  vault.release();
  expect((await reading).value).toBe(key);
});
