import { request as httpRequest, type IncomingMessage } from 'node:http';
import axios from 'axios';
import { got } from 'got';
import { describe, expect, it } from 'vitest';
import { findLeaks, makeTestKey, startFakeMagicHourApi, type Leak } from '@magic-hour-keys/testing';
import { GENERATE, POST, startClientWorld } from './client-world.ts';
import { ALL_CLIENTS_AND_SDKS } from './clients/all-clients.ts';
import { startEchoServer } from './echo-server.ts';

/** What a call gave, whether that was a result or an error. */
async function outcomeOf(sent: Promise<unknown>): Promise<unknown> {
  try {
    return await sent;
  } catch (error) {
    return error;
  }
}

describe.each(ALL_CLIENTS_AND_SDKS)('$name', (client) => {
  it('shows the key in no result and in no error that a program prints', async () => {
    await using gone = await startEchoServer();
    await gone[Symbol.asyncDispose]();
    await using silent = await startEchoServer(() => {});
    await using broken = await startEchoServer((_, response) => response.destroy());
    const origins = [gone.origin, silent.origin, broken.origin];
    await using world = await startClientWorld(client, { alsoAllowed: origins });
    const first = world.provider.current.reveal();
    const outcomes: Record<string, unknown> = {
      success: await outcomeOf(world.send(world.url, POST)),
      'connection refused': await outcomeOf(world.send(gone.origin, POST)),
      'connection broken': await outcomeOf(world.send(broken.origin, POST)),
      'time-out': await outcomeOf(world.send(silent.origin, { ...POST, timeoutMs: 50 })),
      // The SDK takes no signal.
      aborted: await outcomeOf(
        world.send(silent.origin, { ...POST, signal: AbortSignal.timeout(50), timeoutMs: 100 }),
      ),
      'plain http': await outcomeOf(world.send('http://api.magichour.ai/')),
      'a 401 and a replay': await outcomeOf(world.sendRotated()),
    };
    world.api.revoke(world.provider.current.reveal());
    outcomes['a 401'] = await outcomeOf(world.send(world.url, POST));
    const secrets = [first, world.provider.current.reveal()];
    expect(world.api.requests.at(-1)?.status).toBe(401);
    const find = client.keepsRequest ? findPrintedLeaks : findLeaks;
    for (const [name, outcome] of Object.entries(outcomes)) {
      expect(find(outcome, secrets), name).toEqual([]);
    }
  });
});

describe('the key in a header of its own, as people write it', () => {
  it('is printed with results and errors of axios and got, so the search is not blind', async () => {
    const key = makeTestKey();
    const headers = { authorization: `Bearer ${key}` };
    await using api = await startFakeMagicHourApi({ accept: [key] });
    await using gone = await startEchoServer();
    await gone[Symbol.asyncDispose]();
    const url = `${api.origin}${GENERATE}`;
    const instance = axios.create({ adapter: 'http', headers });
    const outcomes = {
      'axios success': await outcomeOf(instance.post(url, '{}')),
      'axios refused': await outcomeOf(instance.post(gone.origin, '{}')),
      'got refused': await outcomeOf(got.post(gone.origin, { headers, retry: { limit: 0 } })),
      'node success': await outcomeOf(sendPlain(url, headers)),
      'axios 401': undefined as unknown,
      'got 401': undefined as unknown,
    };
    api.revoke(key);
    outcomes['axios 401'] = await outcomeOf(instance.post(url, '{}'));
    outcomes['got 401'] = await outcomeOf(got.post(url, { headers, retry: { limit: 0 } }));
    for (const [name, outcome] of Object.entries(outcomes)) {
      const sinks = findPrintedLeaks(outcome, [key]).map(({ sink }) => sink);
      expect(sinks, name).toContain('console.log');
    }
  });
});

/** What only shows members that are hidden, which nobody prints by accident. */
const HIDDEN = /^(walk|inspect everything|format %o|JSON\.stringify of hidden|console\.dir)/;

function findPrintedLeaks(value: unknown, secrets: readonly string[]): readonly Leak[] {
  return findLeaks(value, secrets).filter(({ sink }) => !HIDDEN.test(sink));
}

function sendPlain(url: string, headers: Record<string, string>): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    httpRequest(url, { method: 'POST', headers, agent: false }, (response) => {
      response.resume().on('end', () => resolve(response));
    })
      .on('error', reject)
      .end('{}');
  });
}
