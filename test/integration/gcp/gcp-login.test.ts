import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { GcpAuth, GcpTransport } from '@magic-hour-keys/gcp';
import { makeTestKey } from '@magic-hour-keys/testing';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { failureOf, read } from '../store-reads.ts';
import { NAME, useGcp, valueOf } from './gcp-for-test.ts';

const world = useGcp();
const rejected = vi.fn<(reason: unknown) => void>();
let key: string;

beforeEach(() => {
  key = makeTestKey();
  world.gcp.secrets.put(NAME, key);
  rejected.mockReset();
  process.on('unhandledRejection', rejected);
});
afterEach(() => {
  process.off('unhandledRejection', rejected);
});

function useMetadataServer(origin: string = world.gcp.origin): void {
  vi.stubEnv('METADATA_SERVER_DETECTION', 'ping-only');
  vi.stubEnv('GCE_METADATA_HOST', origin.replace('http://', ''));
}

/** Node tells of a rejection that nobody took after the turn in which it happened. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) {
    await nextTurn();
  }
}

describe.each<GcpTransport>(['grpc', 'rest'])('over %s', (transport) => {
  test('missing credentials are told to the caller, and do not end the process by a second rejection', async () => {
    const error = await failureOf(world.source({ transport, auth: { method: 'default' } }), world.secrets);
    await settle();
    expect(rejected).not.toHaveBeenCalled();
    expect(error).toMatchObject({ code: 'unauthenticated', source: 'gcp', location: NAME });
    expect(error.hint).toContain('gcloud auth application-default login');
    expect(error.hint).toContain('GOOGLE_APPLICATION_CREDENTIALS');
    expect(world.gcp.requests).toEqual([]);
  });

  test('credentials that appear later are found, although the SDK remembers that there were none', async () => {
    const source = world.source({ transport, auth: { method: 'default' } });
    await expect(read(source)).rejects.toThrow('login');
    vi.stubEnv(
      'GOOGLE_APPLICATION_CREDENTIALS',
      await world.write('key.json', JSON.stringify(world.accountKey)),
    );
    expect(await valueOf(read(source))).toBe(key);
  });

  test('a machine whose metadata server starts late gets its login', async () => {
    const { port } = new URL(world.gcp.origin);
    useMetadataServer('http://127.0.0.1:1');
    const source = world.source({ transport, auth: { method: 'default' } });
    await expect(read(source)).rejects.toThrow('login');
    useMetadataServer(`http://127.0.0.1:${port}`);
    expect(await valueOf(read(source))).toBe(key);
    expect(world.gcp.count('metadata')).toBeGreaterThan(0);
  });

  test.each<GcpAuth['method']>(['default', 'metadata'])(
    'the account of the machine is used: %s',
    async (method) => {
      useMetadataServer();
      expect(await valueOf(read(world.source({ transport, auth: { method } as GcpAuth })))).toBe(key);
    },
  );

  test('the metadata server is asked once for all reads', async () => {
    useMetadataServer();
    const source = world.source({ transport, auth: { method: 'metadata' } });
    await read(source);
    const before = world.gcp.count('metadata');
    await read(source);
    await read(source);
    expect(world.gcp.count('metadata')).toBe(before);
  });

  test('a machine without an account is unauthenticated, and the hint says what to attach', async () => {
    useMetadataServer();
    world.gcp.setMachine({ hasAccount: false });
    const error = await failureOf(world.source({ transport, auth: { method: 'metadata' } }), world.secrets);
    expect(error.code).toBe('unauthenticated');
    expect(error.hint).toContain('Attach a service account');
  });

  test('a method that is named does not fall back to the files of a person', async () => {
    vi.stubEnv(
      'GOOGLE_APPLICATION_CREDENTIALS',
      await world.write('key.json', JSON.stringify(world.accountKey)),
    );
    const error = await failureOf(world.source({ transport, auth: { method: 'metadata' } }), world.secrets);
    expect(error.code).toBe('unauthenticated');
    expect(world.gcp.count('AccessSecretVersion')).toBe(0);
  });

  test('a token of another identity provider is exchanged', async () => {
    world.gcp.trust('signed-elsewhere');
    const tokenFile = await world.write('token', 'signed-elsewhere');
    const credentialFile = await world.write(
      'wif.json',
      JSON.stringify(world.gcp.workloadIdentity(tokenFile)),
    );
    const source = world.source({ transport, auth: { method: 'workload-identity', credentialFile } });
    expect(await valueOf(read(source))).toBe(key);
    expect(world.gcp.count('sts')).toBe(1);
  });

  test('the file of workload identity may name an account to act as', async () => {
    const account = 'reader@my-project.iam.gserviceaccount.com';
    world.gcp.trust('signed-elsewhere');
    const tokenFile = await world.write('token', 'signed-elsewhere');
    const file = world.gcp.workloadIdentity(tokenFile, { impersonate: account });
    const credentialFile = await world.write('wif.json', JSON.stringify(file));
    const options = { transport, auth: { method: 'workload-identity', credentialFile } } as const;
    const denied = await failureOf(world.source(options), world.secrets);
    expect(['unauthenticated', 'access_denied']).toContain(denied.code);
    world.gcp.allowImpersonation(account);
    expect(await valueOf(read(world.source(options)))).toBe(key);
  });

  test('a token that the pool does not trust is unauthenticated, and the file is named', async () => {
    const tokenFile = await world.write('token', key);
    const credentialFile = await world.write(
      'wif.json',
      JSON.stringify(world.gcp.workloadIdentity(tokenFile)),
    );
    const source = world.source({ transport, auth: { method: 'workload-identity', credentialFile } });
    const error = await failureOf(source, [...world.secrets, key]);
    expect(error).toMatchObject({ code: 'unauthenticated', upstream: { status: 400 } });
    expect(error.hint).toContain('wif.json');
  });

  test('a token service that is down is unavailable, and not a login that is wrong', async () => {
    const tokenFile = await world.write('token', 'signed-elsewhere');
    const file = { ...world.gcp.workloadIdentity(tokenFile), token_url: 'http://127.0.0.1:1/token' };
    const credentialFile = await world.write('wif.json', JSON.stringify(file));
    const source = world.source({ transport, auth: { method: 'workload-identity', credentialFile } });
    const error = await failureOf(source, world.secrets);
    expect(error.code).toBe('unavailable');
  });

  test('a login that never ends does not outlast an abort, and does not hold up the next read', async () => {
    world.gcp.trust('signed-elsewhere');
    const tokenFile = await world.write('token', 'signed-elsewhere');
    const credentialFile = await world.write(
      'wif.json',
      JSON.stringify(world.gcp.workloadIdentity(tokenFile)),
    );
    const source = world.source({ transport, auth: { method: 'workload-identity', credentialFile } });
    let logins = 0;
    world.gcp.hold(({ operation }) => operation === 'sts' && ++logins === 1);
    const abort = new AbortController();
    const reading = read(source, abort.signal);
    await world.gcp.whenHeld(1);
    abort.abort('enough');
    await expect(reading).rejects.toBe('enough');
    expect(await valueOf(read(source))).toBe(key);
  });

  test('the key of a service account signs for itself, and asks nobody for a token', async () => {
    const file = await world.write('key.json', JSON.stringify(world.accountKey));
    const source = world.source({ transport, auth: { method: 'service-account', key: { file } } });
    expect(await valueOf(read(source))).toBe(key);
    expect(world.gcp.requests).toHaveLength(1);
  });

  test('a key that was replaced in its file is taken within the read in which the old one is refused', async () => {
    const file = await world.write('key.json', JSON.stringify(world.accountKey));
    const source = world.source({ transport, auth: { method: 'service-account', key: { file } } });
    await read(source);
    world.gcp.fail({ status: 'UNAUTHENTICATED', message: 'revoked' }, { times: 1 });
    await world.write('key.json', JSON.stringify(world.gcp.createServiceAccountKey()));
    expect(await valueOf(read(source))).toBe(key);
    const tokens = world.gcp.requests.map(({ authorization }) => authorization);
    expect(new Set(tokens).size).toBeGreaterThan(1);
  });

  test('a login that is refused is asked for anew once in a read, and no more', async () => {
    const source = world.source({ transport });
    await read(source);
    world.gcp.revokeLogins();
    await expect(read(source)).rejects.toMatchObject({ code: 16 });
    expect(world.gcp.count('AccessSecretVersion')).toBe(3);
  });
});

test.each<[string, string | undefined]>([
  ['is not set', undefined],
  ['is empty', ''],
])('a variable with the key of a service account that %s is unauthenticated', async (_what, value) => {
  const error = await failureOf(world.source({ env: { KEY: value } }), world.secrets);
  expect(error).toMatchObject({ code: 'unauthenticated', hint: 'Set KEY, which `auth.key` names.' });
});

test.each([
  ['no JSON', (text: string) => text.slice(1)],
  ['another kind of credentials', () => JSON.stringify({ type: 'external_account' })],
  ['a list', () => '[]'],
  ['null', () => 'null'],
])('%s in place of the key of a service account is named, and not quoted', async (_what, change) => {
  const text = JSON.stringify(world.accountKey);
  const error = await failureOf(world.source({ env: { KEY: change(text) } }), world.secrets);
  expect(error).toMatchObject({ code: 'invalid_config', hint: expect.stringContaining('auth.key') });
});

test('a key of a service account whose PEM is cut is unauthenticated, and not quoted', async () => {
  const cut = { ...world.accountKey, private_key: world.accountKey.private_key.slice(0, 200) };
  const error = await failureOf(world.source({ env: { KEY: JSON.stringify(cut) } }), [cut.private_key]);
  expect(error.code).toBe('unauthenticated');
  expect(error.hint).toContain('auth.key');
});

test('no gcloud is started to find out a project that nobody needs', async () => {
  // Its output would be the project; its start is seen by what it leaves behind.
  const mark = await world.write('started', '');
  const gcloud = await world.write('gcloud', `#!/bin/sh\necho x >> '${mark}'\n`);
  const { chmod, readFile } = await import('node:fs/promises');
  await chmod(gcloud, 0o700);
  vi.stubEnv('PATH', `${gcloud.replace(/\/gcloud$/, '')}:${process.env['PATH']}`);
  useMetadataServer();
  expect(await valueOf(read(world.source({ auth: { method: 'default' } })))).toBe(key);
  expect(await readFile(mark, 'utf8')).toBe('');
});

describe('acting as another account', () => {
  const account = 'reader@my-project.iam.gserviceaccount.com';
  let proxy: Server;

  // iamcredentials.googleapis.com is reached by name alone, so a proxy stands in its way and notes who asks.
  beforeEach(async () => {
    proxy = createServer();
    await new Promise<void>((resolve) => {
      proxy.listen(0, '127.0.0.1', resolve);
    });
    vi.stubEnv('NO_PROXY', '127.0.0.1');
    vi.stubEnv('HTTPS_PROXY', `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`);
  });
  afterEach(() => {
    proxy.closeAllConnections();
    proxy.close();
  });

  test('asks the service for that, with the login of the method', async () => {
    const asked = new Promise<string>((resolve) => {
      proxy.on('connect', ({ url = '' }, socket) => {
        resolve(url);
        socket.destroy();
      });
    });
    world.gcp.trust('signed-elsewhere');
    const tokenFile = await world.write('token', 'signed-elsewhere');
    const credentialFile = await world.write(
      'wif.json',
      JSON.stringify(world.gcp.workloadIdentity(tokenFile)),
    );
    const auth = { method: 'workload-identity', credentialFile, impersonate: account } as const;
    const abort = new AbortController();
    const reading = read(world.source({ auth }), abort.signal);
    reading.catch(() => undefined);
    expect(await asked).toBe('iamcredentials.googleapis.com:443');
    abort.abort('enough');
    await expect(reading).rejects.toBe('enough');
    expect(world.gcp.count('AccessSecretVersion')).toBe(0);
  });
});
