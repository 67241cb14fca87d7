import { createTransport, transportFailure } from '@magic-hour-keys/core/node';
import { expect, test } from 'vitest';
import { startTcpServer } from './servers-for-test.ts';

test('errors of others are not its business', () => {
  expect(transportFailure(new Error('ECONNREFUSED'))).toBeUndefined();
  expect(transportFailure(Object.assign(new Error(), { code: 'ECONNREFUSED' }))).toBeUndefined();
  expect(transportFailure(undefined)).toBeUndefined();
});

test('the failure of a cut connection names the code, and says what to look at', async () => {
  const server = await startTcpServer((socket) => void socket.resetAndDestroy());
  const error: unknown = await createTransport({ environment: {} })
    .request({ method: 'GET', url: server.origin })
    .catch((thrown: unknown) => thrown);
  expect(transportFailure(error)).toEqual({
    code: 'unavailable',
    hint: expect.stringContaining('connection was cut'),
    upstream: { name: expect.stringMatching(/^(ECONNRESET|EPIPE)$/), status: undefined },
  });
});

test.each<[string, string]>([
  ['https://user:secret@store.test/', 'invalid_config'],
  ['ftp://store.test/', 'invalid_config'],
])('%s is a mistake in the configuration', async (url, code) => {
  const error: unknown = await createTransport({ environment: {} })
    .request({ method: 'GET', url })
    .catch((thrown: unknown) => thrown);
  const failure = transportFailure(error);
  expect(failure?.code).toBe(code);
  expect(JSON.stringify(failure)).not.toContain('store.test');
});
