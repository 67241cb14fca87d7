import { createKeyProvider } from '@magic-hour-keys/core';
import type { GcpTransport } from '@magic-hour-keys/gcp';
import { makeTestKey } from '@magic-hour-keys/testing';
import { describe, expect, test, vi } from 'vitest';
import { failureOf, NEVER, read } from '../store-reads.ts';
import { NAME, useGcp, valueOf } from './gcp-for-test.ts';

const world = useGcp();

describe.each<GcpTransport>(['grpc', 'rest'])('over %s', (transport) => {
  test('the key is read in one request, with its number as version and sequence', async () => {
    const key = makeTestKey();
    world.gcp.secrets.put(NAME, makeTestKey());
    world.gcp.secrets.put(NAME, key);
    const reading = read(world.source({ transport }));
    expect(await valueOf(reading)).toBe(key);
    expect(await reading).toMatchObject({ version: '2', sequence: 2 });
    expect(world.gcp.requests).toMatchObject([
      { transport, operation: 'AccessSecretVersion', name: `${NAME}/versions/latest`, status: 200 },
    ]);
    expect(world.gcp.requests[0]?.headers['x-goog-request-params']).toBe(
      `name=${encodeURIComponent(`${NAME}/versions/latest`)}`,
    );
  });

  test('the metadata of a version, whose quota is 600 a minute, is never asked for on a refresh', async () => {
    world.gcp.secrets.put(NAME, makeTestKey());
    const source = world.source({ transport });
    for (const reason of ['initial', 'aged', 'rejected', 'invalidated', 'probe'] as const) {
      // A read after the other.
      await source.read({ signal: NEVER, reason });
    }
    expect(world.gcp.requests.map(({ operation }) => operation)).toEqual(
      Array(5).fill('AccessSecretVersion'),
    );
  });

  test('a number and an alias can be read, and nothing is previous to them', async () => {
    const [one, two] = [makeTestKey(), makeTestKey()];
    world.gcp.secrets.put(NAME, one);
    world.gcp.secrets.put(NAME, two);
    world.gcp.secrets.setAlias(NAME, 'prod', 1);
    const byAlias = world.source({ transport, version: 'prod' });
    expect(await valueOf(read(byAlias))).toBe(one);
    expect(await read(byAlias)).toMatchObject({ version: '1', sequence: 1 });
    expect(await valueOf(read(world.source({ transport, secret: `${NAME}/versions/2` })))).toBe(two);
    expect(byAlias.readPrevious).toBeUndefined();
    expect(world.source({ version: '2' }).readPrevious).toBeUndefined();
    expect(world.source({ version: 'latest' }).readPrevious).toBeTypeOf('function');
  });

  test('the previous version is the newest below the current one that is in force', async () => {
    const old = makeTestKey();
    world.gcp.secrets.put(NAME, old);
    world.gcp.secrets.put(NAME, makeTestKey());
    world.gcp.secrets.put(NAME, makeTestKey());
    world.gcp.secrets.put(NAME, makeTestKey());
    world.gcp.secrets.setState(NAME, 'DESTROYED', '3');
    world.gcp.secrets.setState(NAME, 'DISABLED', '2');
    const previous = await world.source({ transport }).readPrevious?.({ signal: NEVER, reason: 'rejected' });
    expect(previous).toMatchObject({ version: '1', sequence: 1 });
    expect(new TextDecoder().decode(previous?.value as Uint8Array)).toBe(old);
  });

  test('a previous version is looked for five numbers back and no farther', async () => {
    for (let count = 0; count < 9; count++) world.gcp.secrets.put(NAME, makeTestKey());
    for (let number = 2; number < 9; number++) world.gcp.secrets.setState(NAME, 'DESTROYED', String(number));
    const previous = world.source({ transport }).readPrevious?.({ signal: NEVER, reason: 'probe' });
    expect(await previous).toBeUndefined();
    expect(world.gcp.count('AccessSecretVersion')).toBe(6);
  });

  test('a store that refuses says so for the previous version too, instead of having none', async () => {
    world.gcp.secrets.put(NAME, makeTestKey());
    world.gcp.deny('secretmanager.versions.access');
    const reading = world.source({ transport }).readPrevious?.({ signal: NEVER, reason: 'probe' });
    await expect(reading).rejects.toMatchObject({ code: 7 });
  });

  test('a payload that was damaged on its way is not taken for a key, although it could be one', async () => {
    const key = makeTestKey();
    world.gcp.secrets.put(NAME, key);
    world.gcp.fail('damage', { times: 1 });
    const source = world.source({ transport });
    await expect(read(source)).rejects.toMatchObject({ code: 'unavailable', transient: true });
    expect(await valueOf(read(source))).toBe(key);
  });

  test.each(['apiKey', 'magicHour.apiKey', '/magicHour/apiKey'])(
    'the member %s of a JSON secret is read',
    async (field) => {
      const key = makeTestKey();
      world.gcp.secrets.put(NAME, JSON.stringify({ apiKey: key, magicHour: { apiKey: key } }));
      expect((await read(world.source({ transport, field }))).value).toBe(key);
    },
  );

  test('binary that is no text has no members, and says so', async () => {
    world.gcp.secrets.put(NAME, Uint8Array.of(0xff, 0xfe, 0x41));
    const error = await failureOf(world.source({ transport, field: 'apiKey' }), world.secrets);
    expect(error).toMatchObject({ code: 'invalid_key', hint: expect.stringContaining('`field`') });
  });

  test('the regional secret of a location is another one than the global secret', async () => {
    const key = makeTestKey();
    const secret = 'projects/my-project/locations/europe-west1/secrets/magic-hour';
    world.gcp.secrets.put(NAME, makeTestKey());
    world.gcp.secrets.put(secret, key);
    expect(await valueOf(read(world.source({ transport, secret })))).toBe(key);
    const byParts = { transport, secret: 'magic-hour', project: 'my-project', location: 'europe-west1' };
    expect(await valueOf(read(world.source(byParts)))).toBe(key);
  });
});

test('GOOGLE_CLOUD_PROJECT is used where no project is named', async () => {
  const key = makeTestKey();
  world.gcp.secrets.put(NAME, key);
  const source = world.source({ secret: 'magic-hour' });
  const error = await failureOf(source, world.secrets);
  expect(error).toMatchObject({ code: 'invalid_config', location: 'magic-hour' });
  expect(error.hint).toContain('GOOGLE_CLOUD_PROJECT');
  expect(world.gcp.requests).toEqual([]);
  vi.stubEnv('GOOGLE_CLOUD_PROJECT', 'my-project');
  expect(await valueOf(read(world.source({ secret: 'magic-hour' })))).toBe(key);
});

test('a wrapper around a client will do, because only accessSecretVersion() is asked of it', async () => {
  const key = makeTestKey();
  const answer = { name: `${NAME}/versions/7`, payload: { data: Buffer.from(key) } };
  const client = { accessSecretVersion: async (): Promise<unknown> => [answer, undefined, undefined] };
  const provider = createKeyProvider(world.source({ client }));
  expect((await provider.getKey()).reveal()).toBe(key);
  await provider.close();
});

test('a rollback, by disabling the newest version, is told and not followed by itself', async () => {
  world.gcp.secrets.put(NAME, makeTestKey());
  world.gcp.secrets.put(NAME, makeTestKey());
  world.gcp.secrets.setState(NAME, 'DISABLED', '2');
  const error = await failureOf(world.source(), world.secrets);
  expect(error).toMatchObject({ code: 'disabled' });
  expect(error.hint).toContain('does not fall back');
});
