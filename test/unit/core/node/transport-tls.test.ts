import {
  createTransport,
  isTransportError,
  transportFailure,
  type TransportOptions,
} from '@magic-hour-keys/core/node';
import { onTestFinished, expect, test, vi } from 'vitest';
import { makeCertificate } from './certificate.ts';
import { startServer, type TestServer } from './servers-for-test.ts';

async function ask(url: string, options: TransportOptions = {}): Promise<unknown> {
  const transport = createTransport({ environment: {}, ...options });
  onTestFinished(() => transport.close());
  try {
    return (await transport.request({ method: 'GET', url, headers: { 'X-Vault-Token': 'tok' } })).body;
  } catch (error) {
    return isTransportError(error) ? error.code : error;
  }
}

function startSecureServer(certificate = makeCertificate()): Promise<TestServer> {
  return startServer((_, response) => response.end('over TLS'), certificate);
}

test('a server whose certificate the given CA signed is asked, on one connection', async () => {
  const certificate = makeCertificate();
  const server = await startSecureServer(certificate);
  const transport = createTransport({ environment: {}, ca: certificate.cert });
  onTestFinished(() => transport.close());
  await transport.request({ method: 'GET', url: server.origin });
  const answer = await transport.request({ method: 'GET', url: server.origin });
  expect(answer.body).toBe('over TLS');
  expect(server.sockets).toHaveLength(1);
});

test('a server with a certificate of nobody gets no token', async () => {
  const server = await startSecureServer();
  expect(await ask(server.origin)).toBe('DEPTH_ZERO_SELF_SIGNED_CERT');
  expect(await ask(server.origin, { ca: makeCertificate().cert })).toBe('DEPTH_ZERO_SELF_SIGNED_CERT');
  expect(server.seen).toEqual([]);
});

test('NODE_TLS_REJECT_UNAUTHORIZED=0 does not make it trust everybody', async () => {
  const server = await startSecureServer();
  vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
  // Node warns on the first connection, and only then.
  vi.spyOn(process, 'emitWarning').mockReturnValue();
  expect(await ask(server.origin)).toBe('DEPTH_ZERO_SELF_SIGNED_CERT');
  expect(server.seen).toEqual([]);
});

test('a certificate for another name is refused, unless that name is asked for', async () => {
  const certificate = makeCertificate(['vault.internal']);
  const server = await startSecureServer(certificate);
  expect(await ask(server.origin, { ca: certificate.cert })).toBe('ERR_TLS_CERT_ALTNAME_INVALID');
  expect(server.seen).toEqual([]);
  expect(await ask(server.origin, { ca: certificate.cert, servername: 'vault.internal' })).toBe('over TLS');
});

test('a certificate that is out of date is refused', async () => {
  const certificate = makeCertificate(['127.0.0.1'], '210101000000Z');
  const server = await startSecureServer(certificate);
  expect(await ask(server.origin, { ca: certificate.cert })).toBe('CERT_HAS_EXPIRED');
});

test('https to a port that speaks http fails with a code', async () => {
  const server = await startServer((_, response) => response.end());
  const code = await ask(server.origin.replace('http:', 'https:'));
  expect(code).toMatch(/^(EPROTO|ERR_SSL_)/);
  expect(server.seen).toEqual([]);
});

test('a CA that is no certificate is a mistake in the configuration', async () => {
  const server = await startSecureServer();
  const transport = createTransport({
    environment: {},
    ca: '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n',
  });
  onTestFinished(() => transport.close());
  const error: unknown = await transport
    .request({ method: 'GET', url: server.origin })
    .catch((thrown: unknown) => thrown);
  expect(transportFailure(error)).toMatchObject({ code: 'invalid_config' });
});
