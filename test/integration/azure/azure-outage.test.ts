import { SecretClient } from '@azure/keyvault-secrets';
import { azureKeyProvider } from '@magic-hour-keys/azure';
import { createKeyProvider, type ApiKey } from '@magic-hour-keys/core';
import { createManualClock, makeTestKey } from '@magic-hour-keys/testing';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { failureOf, NEVER, read } from '../store-reads.ts';
import { NAME, useAzure } from './azure-for-test.ts';

const world = useAzure();
const unhandled = vi.fn<(reason: unknown) => void>();
let key: string;

beforeEach(() => {
  key = makeTestKey();
  world.azure.secrets.put(NAME, key);
  unhandled.mockReset();
});
afterEach(() => {
  vi.useRealTimers();
  process.off('unhandledRejection', unhandled);
});

function codeOf(getting: Promise<ApiKey>): Promise<unknown> {
  return getting.then(
    () => 'a key',
    (error: unknown) => Reflect.get(Object(error), 'code'),
  );
}

/** A credential whose authority goes down after its first token, which lives for one minute. */
function makeFailingCredential() {
  let logins = 0;
  return {
    get logins() {
      return logins;
    },
    async getToken() {
      logins += 1;
      if (logins > 1) throw new Error('the authority is down');
      return { token: world.azure.issueToken(60_000), expiresOnTimestamp: Date.now() + 60_000 };
    },
  };
}

/** Listens in the place of the test runner, which would take an unhandled rejection for a failed test. */
async function countUnhandled(run: () => Promise<void>): Promise<number> {
  const others = process.listeners('unhandledRejection');
  process.removeAllListeners('unhandledRejection');
  process.on('unhandledRejection', unhandled);
  try {
    await run();
    // Node tells of a rejection after the turn in which nobody has taken it.
    await new Promise(setImmediate);
  } finally {
    process.removeAllListeners('unhandledRejection');
    for (const listener of others) process.on('unhandledRejection', listener);
  }
  return unhandled.mock.calls.length;
}

test('a token that expires while the authority is down ends a process that uses the SDK alone', async () => {
  const credential = makeFailingCredential();
  const client = new SecretClient(world.azure.vaultUrl, credential, {
    tlsOptions: { ca: world.azure.ca },
    disableChallengeResourceVerification: true,
  });
  vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout'] });
  const count = await countUnhandled(async () => {
    await client.getSecret(NAME);
    // Two minutes before the end of the token, this one starts a refresh that nobody waits for.
    await client.getSecret(NAME);
    await vi.advanceTimersByTimeAsync(70_000);
  });
  expect(count).toBe(1);
});

test('a token that expires while the authority is down leaves the process alive, and the key in use', async () => {
  const credential = makeFailingCredential();
  const provider = createKeyProvider(world.source({ credential }), { runtime: createManualClock().runtime });
  await provider.getKey();
  vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout'] });
  const count = await countUnhandled(async () => {
    provider.invalidate();
    await provider.getKey();
    // The old token still lives, so the failed login was no matter.
    expect(provider.health()).toMatchObject({ state: 'fresh' });
    await vi.advanceTimersByTimeAsync(70_000);
    provider.invalidate();
    expect((await provider.getKey()).reveal()).toBe(key);
  });
  expect(count).toBe(0);
  // At first, before the end of the token, and after it twice: once more with a login made anew.
  expect(credential.logins).toBe(4);
  expect(provider.health().lastErrorCode).toBe('unauthenticated');
  await provider.close();
});

test('a token is asked for again before it ends, and the new one is used', async () => {
  let life = 60_000;
  const logins: string[] = [];
  const credential = {
    async getToken() {
      logins.push(world.azure.issueToken(life));
      return { token: logins.at(-1) ?? '', expiresOnTimestamp: Date.now() + life };
    },
  };
  const source = world.source({ credential });
  await read(source);
  life = 3_600_000;
  await read(source);
  await read(source);
  expect(logins).toHaveLength(2);
  expect(world.azure.requests.map(({ token }) => token)).toEqual([
    undefined,
    logins[0],
    logins[1],
    logins[1],
  ]);
});

test.each([
  ['500', { status: 500, code: 'server_error' }, 'unavailable'],
  ['503 with a page of a proxy', { status: 503, text: '<html>' }, 'unavailable'],
  ['200 with a page of a proxy', { status: 200, text: '<html>' }, 'unavailable'],
  ['429', { status: 429, code: 'throttled', retryAfterSeconds: 7 }, 'throttled'],
  ['a connection that is reset', 'reset', 'unavailable'],
] as const)('an authority that answers %s is not taken for wrong credentials', async (_what, fault, code) => {
  world.azure.fail(fault, { operation: 'token' });
  const error = await failureOf(world.source(), world.secrets());
  expect(error).toMatchObject({ code });
  expect(error.hint).toContain('The authority');
  expect(error.retryAfterMs).toBe(code === 'throttled' ? 7000 : undefined);
});

test('an authority that is well again is asked by the next read', async () => {
  const source = world.source();
  world.azure.fail({ status: 500, code: 'server_error' }, { operation: 'token', times: 1 });
  await expect(read(source)).rejects.toBeDefined();
  expect((await read(source)).value).toBe(key);
});

test.each(['GetSecret', 'token', 'openid-configuration'])(
  'a server that never answers %s ends by the deadline, and does not hold up the next read',
  async (operation) => {
    const clock = createManualClock();
    const provider = createKeyProvider(world.source(), { runtime: clock.runtime, deadlineMs: 10_000 });
    let asked = 0;
    world.azure.hold((request) => request.operation === operation && ++asked === 1);
    const code = codeOf(provider.getKey());
    await world.azure.whenHeld(1);
    await clock.advance(10_000);
    expect(await code).toBe('timeout');
    provider.invalidate();
    expect((await provider.getKey()).reveal()).toBe(key);
    await provider.close();
    await expect.poll(() => world.azure.openConnections).toBe(0);
  },
);

test('a credential that never gives its token ends by the abort, and the next read asks it again', async () => {
  let logins = 0;
  const credential = {
    getToken: (): Promise<{ token: string; expiresOnTimestamp: number }> => {
      logins += 1;
      if (logins === 1) return new Promise(() => undefined);
      return Promise.resolve({ token: world.azure.issueToken(), expiresOnTimestamp: Infinity });
    },
  };
  const source = world.source({ credential: { getToken: () => credential.getToken() } });
  const abort = new AbortController();
  const reading = read(source, abort.signal);
  await expect.poll(() => logins).toBe(1);
  abort.abort('enough');
  await expect(reading).rejects.toBe('enough');
  expect((await read(source)).value).toBe(key);
});

test('an abort of one read during the login leaves another alone', async () => {
  const source = world.source();
  const abort = new AbortController();
  world.azure.hold(({ operation }) => operation === 'token');
  const [one, other] = [read(source, abort.signal), read(source, NEVER)];
  await world.azure.whenHeld(1);
  abort.abort('enough');
  await expect(one).rejects.toBe('enough');
  world.azure.release();
  expect((await other).value).toBe(key);
});

test('no login is handed the signal of a read', async () => {
  const signals: unknown[] = [];
  const credential = {
    async getToken(_scopes: string | string[], options?: object) {
      signals.push(Reflect.get(Object(options), 'abortSignal'));
      return { token: world.azure.issueToken(), expiresOnTimestamp: Infinity };
    },
  };
  await read(world.source({ credential }), new AbortController().signal);
  expect(signals).toEqual([undefined]);
});

test('a read that was aborted before it began sends nothing', async () => {
  await expect(read(world.source(), AbortSignal.abort('enough'))).rejects.toBe('enough');
  expect(world.azure.requests).toEqual([]);
});

test('10,000 callers of a cold provider log in once and make one request for the secret', async () => {
  const { clientId, clientSecret } = world.application;
  const provider = azureKeyProvider({
    ...world.place,
    authorityHost: world.azure.authorityHost,
    disableInstanceDiscovery: true,
    auth: {
      method: 'client-secret',
      tenantId: world.azure.tenantId,
      clientId,
      clientSecret: { env: 'SECRET' },
    },
    env: { SECRET: clientSecret },
  });
  const keys = await Promise.all(Array.from({ length: 10_000 }, () => provider.getKey()));
  expect(new Set(keys.map((one) => one.reveal()))).toEqual(new Set([key]));
  const reads = world.azure.requests.filter(({ operation }) => operation === 'GetSecret');
  // The other one is the SDK's question for the challenge, without a token.
  expect(reads.map(({ status }) => status)).toEqual([401, 200]);
  expect(world.azure.count('token')).toBe(1);
  await provider.close();
});

test('close() during a read ends it and its connection', async () => {
  const provider = createKeyProvider(world.source());
  world.azure.hold();
  const code = codeOf(provider.getKey());
  await world.azure.whenHeld(1);
  await provider.close();
  expect(await code).toBe('closed');
  await expect.poll(() => world.azure.openConnections).toBe(0);
});
