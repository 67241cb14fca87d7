import { constants } from 'node:http2';
import { isKeyError } from '@magic-hour-keys/core';
import { startFaultProxy, type FaultProxy } from '@magic-hour-keys/testing/fault-proxy';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { request, requestHttp2, startRequest, until } from './raw-clients.ts';

let proxy: FaultProxy;

beforeAll(async () => {
  proxy = await startFaultProxy({ tls: true });
});
afterEach(() => proxy.heal());
afterAll(() => proxy.close());

test('a client that trusts the authority of the proxy gets its answer', async () => {
  expect(proxy.origin).toMatch(/^https:/);
  expect(await request(proxy)).toMatchObject({ status: 200, body: '{"status":"ok"}' });
});

test('a client that does not trust it gets none', async () => {
  const { origin } = proxy;
  const stranger = { ...proxy, origin, ca: '' };
  expect((await request(stranger)).error).toMatch(/UNABLE_TO_VERIFY|UNABLE_TO_GET|SELF_SIGNED/);
});

test.each([
  ['tls-expired', 'CERT_HAS_EXPIRED'],
  ['tls-wrong-host', 'ERR_TLS_CERT_ALTNAME_INVALID'],
  ['tls-self-signed', 'DEPTH_ZERO_SELF_SIGNED_CERT'],
  ['tls-cut', 'ECONNRESET'],
] as const)('%s: the client breaks off with %s', async (name, code) => {
  await proxy.setFault(name);
  expect(await request(proxy)).toEqual({ error: code });
  await until(() => proxy.openSockets === 0);
  await proxy.heal();
  expect(await request(proxy)).toMatchObject({ status: 200 });
});

test('reset-after-headers: also a connection with TLS is reset', async () => {
  await proxy.setFault('reset-after-headers', { ms: 0 });
  const { met } = startRequest(proxy);
  expect((await met).error).toBe('ECONNRESET');
});

test('dns-failure: the name fails before there is any handshake', async () => {
  await proxy.setFault('dns-failure');
  expect(await request(proxy)).toEqual({ error: 'ENOTFOUND' });
});

test('http2-goaway: HTTP/2 is agreed on in the handshake', async () => {
  await proxy.setFault('http2-goaway');
  expect((await requestHttp2(proxy)).goaway).toBe(constants.NGHTTP2_ENHANCE_YOUR_CALM);
});

test('every proxy has an authority of its own', async () => {
  const other = await startFaultProxy({ tls: true });
  expect(other.ca).toMatch(/^-----BEGIN CERTIFICATE-----/);
  expect(other.ca).not.toBe(proxy.ca);
  await other.close();
});

test('a fault of TLS is refused where the proxy speaks none', async () => {
  const plain = await startFaultProxy();
  const error: unknown = await plain.setFault('tls-expired').catch((raw: unknown) => raw);
  expect(error).toBeInstanceOf(TypeError);
  expect(isKeyError(error)).toBe(false);
  expect(String(error)).toContain('startFaultProxy({ tls: true })');
  expect(plain.fault).toBeUndefined();
  await plain.close();
});
