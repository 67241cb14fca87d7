import { request as sendRequest, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import { json } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { createKeyProvider } from '@magic-hour-keys/core';
import { withKey, type KeyAttempt } from '@magic-hour-keys/http';
import { createMemorySource, startFakeMagicHourApi } from '@magic-hour-keys/testing';
import { Agent } from 'node:http';
import { allowLoopback } from './loopback-options.ts';

describe('withKey around node:http', () => {
  it('moves to the next key after a rotation, and uses the same connection again', async () => {
    const source = createMemorySource();
    const provider = createKeyProvider(source);
    await using api = await startFakeMagicHourApi({
      accept: [source.current],
      unauthorizedBodyBytes: 30_000,
    });
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const send = async ({ headersFor }: KeyAttempt): Promise<IncomingMessage> => {
      const url = `${api.origin}/v1/ai-image-generator`;
      const request = sendRequest(url, { method: 'POST', agent, headers: { ...headersFor(url) } }).end('{}');
      const [response] = (await once(request, 'response')) as [IncomingMessage];
      return response;
    };
    for (let rotation = 0; rotation < 5; rotation += 1) {
      const response = await withKey(provider, send, allowLoopback(api.origin));
      expect(response.statusCode).toBe(200);
      await expect(json(response)).resolves.toHaveProperty('id');
      api.revoke(source.current);
      api.accept(source.rotate());
    }
    expect(api.statusCounts).toEqual({ 200: 5, 401: 4 });
    expect(api.connections).toBe(1);
    agent.destroy();
    await provider.close();
  });
});
