import { findProxy, type ProxyEnvironment } from '@magic-hour-keys/core/node';
import { expect, test, vi } from 'vitest';

async function find(environment: ProxyEnvironment, url = 'https://store.test/'): Promise<string | undefined> {
  const proxy = await findProxy(url, environment);
  return proxy && `${proxy.isSecure ? 'https' : 'http'} ${proxy.hostname} ${proxy.port}`;
}

test.each<[ProxyEnvironment, string, string | undefined]>([
  [{}, 'https://store.test/', undefined],
  [{ HTTPS_PROXY: 'http://proxy.test:3128' }, 'https://store.test/', 'http proxy.test 3128'],
  [{ HTTPS_PROXY: 'http://proxy.test:3128' }, 'http://store.test/', undefined],
  [{ HTTP_PROXY: 'http://proxy.test:3128' }, 'http://store.test/', 'http proxy.test 3128'],
  [{ HTTP_PROXY: 'http://proxy.test:3128' }, 'https://store.test/', undefined],
  [
    { https_proxy: 'http://lower.test', HTTPS_PROXY: 'http://upper.test' },
    'https://store.test/',
    'http lower.test 80',
  ],
  [{ https_proxy: '', HTTPS_PROXY: 'http://upper.test' }, 'https://store.test/', undefined],
  [{ https_proxy: 'https://proxy.test' }, 'https://store.test/', 'https proxy.test 443'],
  [{ https_proxy: ' proxy.test:8080 ' }, 'https://store.test/', 'http proxy.test 8080'],
  [{ https_proxy: 'http://[2001:db8::1]:3128' }, 'https://store.test/', 'http 2001:db8::1 3128'],
])('with %j, %s goes through %s', async (environment, url, proxy) => {
  expect(await find(environment, url)).toBe(proxy);
});

test('in a CGI process HTTP_PROXY is a header that a client sent, and is not believed', async () => {
  const cgi = { REQUEST_METHOD: 'GET', HTTP_PROXY: 'http://evil.test' };
  expect(await find(cgi, 'http://store.test/')).toBeUndefined();
  expect(await find({ ...cgi, http_proxy: 'http://own.test' }, 'http://store.test/')).toBe(
    'http own.test 80',
  );
});

test.each<[string, string, boolean]>([
  ['*', 'https://store.test/', true],
  ['store.test', 'https://store.test/', true],
  ['STORE.TEST', 'https://store.test/', true],
  ['store.test', 'https://a.b.store.test/', true],
  ['.store.test', 'https://a.store.test/', true],
  ['*.store.test', 'https://a.store.test/', true],
  ['store.test.', 'https://store.test/', true],
  ['store.test', 'https://restore.test/', false],
  ['other.test, store.test', 'https://store.test/', true],
  ['other.test store.test', 'https://store.test/', true],
  ['store.test:8200', 'https://store.test:8200/', true],
  ['store.test:8200', 'https://store.test/', false],
  ['store.test:443', 'https://store.test/', true],
  ['10.1.2.3', 'https://10.1.2.3:8200/', true],
  ['2.3', 'https://10.1.2.3/', false],
  ['10.0.0.0/8', 'https://10.1.2.3/', true],
  ['10.0.0.0/8', 'https://11.1.2.3/', false],
  ['10.0.0.0/8', 'https://store.test/', false],
  ['10.0.0.0/99', 'https://10.1.2.3/', false],
  ['2001:db8::/32', 'https://[2001:db8::1]/', true],
  ['2001:db8::1', 'https://[2001:db8::1]/', true],
  ['[2001:db8::1]:8200', 'https://[2001:db8::1]:8200/', true],
  ['[2001:db8::1]:8200', 'https://[2001:db8::1]/', false],
  ['', 'https://store.test/', false],
  ['', 'https://localhost:8200/', true],
  ['', 'https://vault.localhost/', true],
  ['', 'https://127.3.2.1/', true],
  ['', 'https://[::1]/', true],
  ['', 'https://127.evil.test/', false],
])('with NO_PROXY=%s, %s goes past the proxy: %s', async (list, url, passesBy) => {
  const environment = { https_proxy: 'http://proxy.test', NO_PROXY: list };
  expect((await find(environment, url)) === undefined).toBe(passesBy);
});

test('the way is shown without the password', async () => {
  const https_proxy = 'http://user:password@proxy.test';
  expect(await findProxy('https://store.test/', { https_proxy })).toEqual({
    isSecure: false,
    hostname: 'proxy.test',
    port: 80,
  });
});

test('without an environment that of the process counts', async () => {
  vi.stubEnv('https_proxy', 'http://own.test');
  vi.stubEnv('no_proxy', '');
  expect((await findProxy('https://store.test/'))?.hostname).toBe('own.test');
});

test.each(['socks5://proxy.test:1080', 'http://', 'http://proxy.test:99999'])(
  '%s is no proxy that can be used, and is not quoted',
  async (https_proxy) => {
    await expect(find({ https_proxy })).rejects.toMatchObject({
      code: 'INVALID_PROXY',
      message: 'INVALID_PROXY',
    });
    // Who does not need it is not hindered by it.
    expect(await find({ https_proxy }, 'http://store.test/')).toBeUndefined();
  },
);
