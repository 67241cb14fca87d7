import { Readable } from 'node:stream';
import FormDataPackage from 'form-data';
import { describe, expect, it } from 'vitest';
import { startFakeMagicHourApi } from '@magic-hour-keys/testing';
import { createHandWrittenProvider } from '../../unit/http/hand-written-provider.ts';
import { GENERATE, POST, startClientWorld, statuses } from './client-world.ts';
import { ALL_CLIENTS } from './clients/all-clients.ts';
import { startEchoServer } from './echo-server.ts';
import { allowLoopback } from './loopback-options.ts';

const REPLAYING = ALL_CLIENTS.filter(({ replays }) => replays !== false);
const NOT_REPLAYING = ALL_CLIENTS.filter(({ replays }) => replays === false);

describe.each(ALL_CLIENTS)('$name', (client) => {
  it('sends my request with the key, and gives me the answer', async () => {
    await using world = await startClientWorld(client);
    const answer = await world.send(world.url, POST);
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.body)).toHaveProperty('id');
    expect(world.api.requests).toMatchObject([{ method: 'POST', body: '{}' }]);
    expect(world.api.requests[0]?.headers['content-type']).toContain('json');
    expect(world.provider.reads).toBe(0);
  });

  it('sends another origin no key, and tells me', async () => {
    await using world = await startClientWorld(client);
    await using elsewhere = await startEchoServer();
    await world.send(`${elsewhere.origin}/upload`, { method: 'PUT', body: 'x' });
    expect(elsewhere.arrived).toMatchObject([{ method: 'PUT', body: 'x' }]);
    expect(elsewhere.arrived[0]?.headers.authorization).toBeUndefined();
    expect(world.events).toEqual([{ type: 'foreign-origin', origin: elsewhere.origin }]);
    expect(world.provider.peeks).toBe(0);
  });

  it('refuses another origin when I ask for that', async () => {
    await using world = await startClientWorld(client, { client: { foreignOrigin: 'error' } });
    await using elsewhere = await startEchoServer();
    await expect(world.send(elsewhere.origin)).rejects.toSatisfy(isOriginRefusal);
    expect(elsewhere.arrived).toEqual([]);
  });

  it('refuses plain http to a host that gets the key over https', async () => {
    await using elsewhere = await startEchoServer();
    await using world = await startClientWorld(client, {
      client: { allowedOrigins: ['https://127.0.0.1'] },
    });
    await expect(world.send(elsewhere.origin)).rejects.toSatisfy(isOriginRefusal);
    expect(elsewhere.arrived).toEqual([]);
  });

  it('sends my own Authorization untouched: no key, no renewal, no replay', async () => {
    await using world = await startClientWorld(client);
    for (const name of ['authorization', 'Authorization', 'AUTHORIZATION']) {
      const answer = await world.send(world.url, { ...POST, headers: { [name]: 'Basic mine' } });
      expect(answer.status).toBe(401);
    }
    expect(world.api.requests.map(({ authorization }) => authorization)).toEqual(Array(3).fill('Basic mine'));
    expect(world.provider.refused).toEqual([]);
    expect(world.provider.peeks).toBe(0);
  });

  it('gives me the 401 as it came when there is no other key', async () => {
    await using world = await startClientWorld(client, {
      api: { accept: [], unauthorizedBodyBytes: 200_000 },
    });
    const answer = await world.send(world.url, POST);
    expect(answer.status).toBe(401);
    expect(answer.body).toHaveLength(200_000);
    expect(JSON.parse(answer.body)).toEqual({ message: 'Unauthorized' });
    expect(statuses(world.api)).toEqual([401]);
    expect(world.provider.refused).toHaveLength(1);
  });

  it('never replays when I said "never", and the next request has the next key', async () => {
    await using world = await startClientWorld(client, { client: { replay: 'never' } });
    expect((await world.sendRotated()).status).toBe(401);
    expect((await world.send(world.url, POST)).status).toBe(200);
    expect(statuses(world.api)).toEqual([401, 200]);
  });

  it('ends with my reason when I abort while the key is read', async () => {
    const provider = createHandWrittenProvider({ warm: false });
    provider.getKey = () => new Promise(() => {});
    await using api = await startFakeMagicHourApi();
    await using opened = await client.open(provider, allowLoopback(api.origin));
    const controller = new AbortController();
    const sent = opened.send(`${api.origin}${GENERATE}`, { ...POST, signal: controller.signal });
    const ended = sent.then(
      () => 'answered',
      (error: Error) => error,
    );
    setImmediate(() => controller.abort(new Error('enough')));
    expect(String(await ended)).toMatch(/enough|abort|cancel|not in memory/i);
    expect(api.requests).toEqual([]);
  });

  it('ends when I abort while the store is asked for another key', async () => {
    const controller = new AbortController();
    await using world = await startClientWorld(client, {
      api: { accept: [] },
      provider: {
        renew: () => {
          controller.abort(new Error('enough'));
          return new Promise(() => {});
        },
      },
    });
    const ended = await world.send(world.url, { ...POST, signal: controller.signal }).then(
      (answer) => answer.status,
      (error: Error) => String(error),
    );
    // A client that can't replay has given its 401 already.
    expect(String(ended)).toMatch(
      client.replays === false ? /401|enough|abort|cancel/i : /enough|abort|cancel/i,
    );
    expect(statuses(world.api)).toEqual([401]);
  });
});

describe.each(ALL_CLIENTS.filter(({ isSynchronous }) => !isSynchronous))('$name', (client) => {
  it('waits for the first key', async () => {
    await using world = await startClientWorld(client, { provider: { warm: false } });
    const answer = await world.send(world.url, POST);
    expect(answer.status).toBe(200);
    expect(world.provider.reads).toBe(1);
  });
});

describe.each(REPLAYING)('$name', (client) => {
  it('replays a 401 once with the next key', async () => {
    await using world = await startClientWorld(client);
    const old = world.provider.current;
    const answer = await world.sendRotated();
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.body)).toHaveProperty('id');
    expect(statuses(world.api)).toEqual([401, 200]);
    expect(world.api.requests.map(({ body }) => body)).toEqual(['{}', '{}']);
    expect(world.provider.refused).toEqual([old]);
    expect(world.events).toMatchObject([{ type: 'unauthorized', method: 'POST', outcome: 'replayed' }]);
  });

  it("takes the replay's own 401 as final", async () => {
    await using world = await startClientWorld(client, { api: { accept: [], mode: 'unauthorized' } });
    expect((await world.sendRotated()).status).toBe(401);
    expect(statuses(world.api)).toEqual([401, 401]);
    expect(world.provider.refused).toHaveLength(1);
  });

  it('uses the connection of the 401 again', async () => {
    await using world = await startClientWorld(client, { api: { unauthorizedBodyBytes: 30_000 } });
    for (let rotation = 0; rotation < 5; rotation += 1) {
      expect((await world.sendRotated()).status).toBe(200);
    }
    expect(statuses(world.api)).toEqual(Array.from({ length: 5 }, () => [401, 200]).flat());
    expect(world.api.connections).toBeLessThanOrEqual(2);
  });
});

describe.each(REPLAYING.filter(({ readsWholeAnswers }) => !readsWholeAnswers))('$name', (client) => {
  it('gives up a 401 that does not end, and replays', async () => {
    await using world = await startClientWorld(client, {
      api: {
        onRequest: ({ authorization }) =>
          authorization === `Bearer ${world.provider.current.reveal()}`
            ? undefined
            : { status: 401, chunks: endlessly() },
      },
    });
    expect((await world.sendRotated()).status).toBe(200);
  });

  it.each([402, 403, 404, 422, 429, 500])('leaves the key alone after a %i', async (status) => {
    await using world = await startClientWorld(client, {
      api: { onRequest: () => ({ status, json: { message: 'no' } }) },
    });
    expect((await world.send(world.url, POST)).status).toBe(status);
    expect(statuses(world.api)).toEqual([status]);
    expect(world.provider.refused).toEqual([]);
  });
});

describe.each(NOT_REPLAYING)('$name', (client) => {
  it('gives me the 401, and the next request has the next key', async () => {
    await using world = await startClientWorld(client);
    expect((await world.sendRotated()).status).toBe(401);
    expect((await world.send(world.url, POST)).status).toBe(200);
    expect(world.events).toMatchObject([{ type: 'unauthorized', outcome: 'not-replayable' }]);
  });
});

describe.each(ALL_CLIENTS.filter(({ onceBodies }) => onceBodies?.length !== 0))('$name', (client) => {
  it('leaves the 401 to me for a body that can be sent only once', async () => {
    await using world = await startClientWorld(client);
    for (const makeBody of client.onceBodies ?? ONCE) {
      world.api.clearRequests();
      const answer = await world.sendRotated({ method: 'POST', body: makeBody() });
      expect(answer.status).toBe(401);
      expect(statuses(world.api)).toEqual([401]);
      expect((await world.send(world.url, POST)).status).toBe(200);
    }
  });
});

const ONCE: readonly (() => unknown)[] = [() => Readable.from(['{}']), makeForm];

function makeForm(): FormDataPackage {
  const form = new FormDataPackage();
  form.append('a', 'b');
  return form;
}

async function* endlessly(): AsyncGenerator<string> {
  for (;;) {
    yield 'x'.repeat(10_000);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Some clients wrap what is thrown under them. */
function isOriginRefusal(error: unknown): boolean {
  for (let at = error as { code?: unknown; cause?: unknown } | undefined; at; at = at.cause as typeof at) {
    if (at.code === 'origin_not_allowed') return true;
  }
  return false;
}
