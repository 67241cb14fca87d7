import {
  createTransport,
  isTransportError,
  transportFailure,
  type Transport,
} from '@magic-hour-keys/core/node';
import { findLeaks } from '@magic-hour-keys/testing';
import { onTestFinished, expect, test } from 'vitest';
import { makeCertificate } from './certificate.ts';
import { expectEventually, findClosedPort, startProxy, startServer } from './servers-for-test.ts';

const NAME = 'store.test';
const PASSWORD = 'canary-of-the-proxy-password';

function transportOf(environment: Record<string, string>, ca?: string): Transport {
  const transport = createTransport({ environment, ca });
  onTestFinished(() => transport.close());
  return transport;
}

async function errorOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => new Error('it did not fail'),
    (error: unknown) => error,
  );
}

test('https goes through a tunnel, which is kept for the next request', async () => {
  const certificate = makeCertificate([NAME]);
  const server = await startServer((_, response) => response.end('behind the proxy'), certificate);
  const proxy = await startProxy(server.port);
  const transport = transportOf(
    { HTTPS_PROXY: proxy.origin.replace('//', `//user:${PASSWORD}@`) },
    certificate.cert,
  );
  const headers = { 'X-Vault-Token': 'tok' };
  for (let count = 0; count < 2; count++) {
    const answer = await transport.request({ method: 'GET', url: `https://${NAME}:8200/v1/x`, headers });
    expect(answer.body).toBe('behind the proxy');
  }
  expect(proxy.tunnels).toEqual([`${NAME}:8200`]);
  expect(server.sockets).toHaveLength(1);
  expect(server.seen[0]).toMatchObject({
    url: '/v1/x',
    headers: { host: `${NAME}:8200`, 'x-vault-token': 'tok' },
  });
  expect(server.seen[0]?.headers['proxy-authorization']).toBeUndefined();
  expect(proxy.seen[0]?.headers['proxy-authorization']).toBe(`Basic ${btoa(`user:${PASSWORD}`)}`);
  expect(proxy.seen[0]?.headers['x-vault-token']).toBeUndefined();
});

test('the certificate behind a proxy is verified as well', async () => {
  const server = await startServer((_, response) => response.end(), makeCertificate([NAME]));
  const proxy = await startProxy(server.port);
  const error = await errorOf(
    transportOf({ https_proxy: proxy.origin }).request({ method: 'GET', url: `https://${NAME}/` }),
  );
  expect(error).toMatchObject({ code: 'DEPTH_ZERO_SELF_SIGNED_CERT', atProxy: false });
  const other = makeCertificate(['other.test']);
  const misnamed = await startServer((_, response) => response.end(), other);
  const second = await startProxy(misnamed.port);
  expect(
    await errorOf(
      transportOf({ https_proxy: second.origin }, other.cert).request({
        method: 'GET',
        url: `https://${NAME}/`,
      }),
    ),
  ).toMatchObject({ code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
  expect(server.seen).toEqual([]);
  expect(misnamed.seen).toEqual([]);
});

test('http is asked of the proxy by its whole URL', async () => {
  const proxy = await startProxy(0);
  const answer = await transportOf({ http_proxy: proxy.origin }).request({
    method: 'GET',
    url: `http://${NAME}:8200/v1/x?list=1`,
  });
  expect(answer.body).toBe('through the proxy');
  expect(proxy.seen[0]).toMatchObject({
    url: `http://${NAME}:8200/v1/x?list=1`,
    headers: { host: `${NAME}:8200` },
  });
});

test('this machine itself is never reached through a proxy', async () => {
  const server = await startServer((_, response) => response.end('direct'));
  const proxy = await startProxy(0);
  const answer = await transportOf({ http_proxy: proxy.origin }).request({
    method: 'GET',
    url: server.origin,
  });
  expect(answer.body).toBe('direct');
  expect(proxy.seen).toEqual([]);
});

test.each<[string, number, string, string]>([
  ['407 Proxy Authentication Required', 407, 'invalid_config', 'credentials'],
  ['403 Forbidden', 403, 'unavailable', 'NO_PROXY'],
  ['502 Bad Gateway', 502, 'unavailable', 'NO_PROXY'],
])(
  'a proxy that answers %s is told apart from the store, without its password',
  async (line, status, code, hint) => {
    const proxy = await startProxy(0);
    proxy.refusals.push(line);
    const https_proxy = proxy.origin.replace('//', `//user:${PASSWORD}@`);
    const error = await errorOf(
      transportOf({ https_proxy }).request({ method: 'GET', url: `https://${NAME}/` }),
    );
    expect(error).toMatchObject({ code: 'PROXY_REFUSED', atProxy: true, status });
    expect(transportFailure(error)).toMatchObject({ code, upstream: { name: 'PROXY_REFUSED', status } });
    expect(transportFailure(error)?.hint).toContain(hint);
    expect(findLeaks(error, [PASSWORD])).toEqual([]);
    await expectEventually(() => proxy.openSockets()).toBe(0);
  },
);

test.each(['http', 'https'])(
  'a proxy for %s that is not there is told apart from the store',
  async (scheme) => {
    const address = `http://127.0.0.1:${await findClosedPort()}`;
    const transport = transportOf({ http_proxy: address, https_proxy: address });
    const error = await errorOf(transport.request({ method: 'GET', url: `${scheme}://${NAME}/` }));
    expect(isTransportError(error)).toBe(true);
    expect(error).toMatchObject({ code: 'ECONNREFUSED', atProxy: true });
    expect(transportFailure(error)).toMatchObject({ code: 'unavailable' });
    expect(transportFailure(error)?.hint).toContain('HTTPS_PROXY or HTTP_PROXY');
  },
);

test('a proxy that speaks https has to prove who it is', async () => {
  const certificate = makeCertificate([NAME, '127.0.0.1']);
  const server = await startServer((_, response) => response.end('behind the proxy'), certificate);
  const proxy = await startProxy(server.port, certificate);
  const environment = { https_proxy: proxy.origin, http_proxy: proxy.origin };
  const trusting = transportOf(environment, certificate.cert);
  expect((await trusting.request({ method: 'GET', url: `https://${NAME}/` })).body).toBe('behind the proxy');
  expect((await trusting.request({ method: 'GET', url: `http://${NAME}/` })).body).toBe('through the proxy');
  for (const url of [`https://${NAME}/`, `http://${NAME}/`]) {
    expect(await errorOf(transportOf(environment).request({ method: 'GET', url }))).toMatchObject({
      code: 'DEPTH_ZERO_SELF_SIGNED_CERT',
      atProxy: true,
    });
  }
});

test.each([
  ['us%40er:100%25', 'us@er:100%'],
  ['user:5%', 'user:5%'],
  ['user', 'user:'],
])('%s in the address of a proxy is sent as what it means', async (written, meant) => {
  const proxy = await startProxy(0);
  const http_proxy = proxy.origin.replace('//', `//${written}@`);
  await transportOf({ http_proxy }).request({ method: 'GET', url: `http://${NAME}/` });
  expect(proxy.seen[0]?.headers['proxy-authorization']).toBe(`Basic ${btoa(meant)}`);
});

test('a proxy that can not be used stops the request, and is not quoted', async () => {
  const error = await errorOf(
    transportOf({ https_proxy: `socks5://user:${PASSWORD}@proxy.test` }).request({
      method: 'GET',
      url: `https://${NAME}/`,
    }),
  );
  expect(transportFailure(error)).toMatchObject({
    code: 'invalid_config',
    upstream: { name: 'INVALID_PROXY' },
  });
  expect(findLeaks(error, [PASSWORD])).toEqual([]);
});
