import type { GcpTransport } from '@magic-hour-keys/gcp';
import { makeTestKey } from '@magic-hour-keys/testing';
import { expect, test, vi } from 'vitest';
import { failureOf, NEVER, read } from '../store-reads.ts';
import { NAME, useGcp, valueOf } from './gcp-for-test.ts';
import { createSdkClient } from './sdk-client.ts';

const world = useGcp({ needsLogin: false });

test.each<GcpTransport>(['grpc', 'rest'])(
  'a client of your own is used over %s, and stays open when the source is closed',
  async (transport) => {
    const key = makeTestKey();
    world.gcp.secrets.put(NAME, key);
    const client = createSdkClient(world.gcp.origin, transport);
    const close = vi.spyOn(client, 'close');
    const source = world.source({ client });
    expect(await valueOf(read(source))).toBe(key);
    await source.close?.();
    expect(close).not.toHaveBeenCalled();
    expect(await valueOf(read(world.source({ client })))).toBe(key);
    await client.close();
  },
);

test.each<[GcpTransport, string]>([
  ['grpc', 'not_found'],
  ['rest', 'not_found'],
])('the errors of a client of your own are told as those of ours: %s', async (transport, code) => {
  const client = createSdkClient(world.gcp.origin, transport);
  expect(await failureOf(world.source({ client }), world.secrets)).toMatchObject({ code });
  await client.close();
});

test('a read of a client of your own can be given up', async () => {
  const client = createSdkClient(world.gcp.origin, 'grpc');
  world.gcp.hold();
  const abort = new AbortController();
  const reading = read(world.source({ client }), abort.signal);
  await world.gcp.whenHeld(1);
  abort.abort('enough');
  await expect(reading).rejects.toBe('enough');
  await world.gcp.whenAbandoned(1);
  await client.close();
});

test('an AuthClient of your own logs in, over both transports, and is never closed', async () => {
  const key = makeTestKey();
  world.gcp.secrets.put(NAME, key);
  const token = world.gcp.issueToken();
  const authClient = {
    getRequestHeaders: async (): Promise<Headers> => new Headers({ authorization: `Bearer ${token}` }),
  };
  for (const transport of ['grpc', 'rest'] as const) {
    const source = world.source({ authClient, transport });
    // One after the other.
    expect(await valueOf(source.read({ signal: NEVER, reason: 'initial' }))).toBe(key);
  }
  expect(world.gcp.requests.map(({ authorization }) => authorization)).toEqual([
    `Bearer ${token}`,
    `Bearer ${token}`,
  ]);
});

test('an AuthClient that fails is a login that failed, and its text is not shown', async () => {
  const secret = makeTestKey();
  const authClient = { getRequestHeaders: () => Promise.reject(new Error(`refused ${secret}`)) };
  for (const transport of ['grpc', 'rest'] as const) {
    const error = await failureOf(world.source({ authClient, transport }), [secret]);
    expect(error.code).toBe('unauthenticated');
  }
});

test.each<GcpTransport>(['grpc', 'rest'])(
  'an emulator that asks for no login gets none: %s',
  async (transport) => {
    const key = makeTestKey();
    world.gcp.secrets.put(NAME, key);
    const source = world.source({ transport, auth: { method: 'none' } });
    expect(await valueOf(read(source))).toBe(key);
    expect(world.gcp.requests.map(({ authorization }) => authorization)).toEqual([undefined]);
  },
);
