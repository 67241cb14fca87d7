import { createProxyFinder, isTransportError, type ProxyEnvironment } from '@magic-hour-keys/core/node';
import { expect, test } from 'vitest';

function find(environment: ProxyEnvironment, url = 'https://store.test/'): string | undefined {
  const proxy = createProxyFinder(environment)(new URL(url));
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
])('with %j, %s goes through %s', (environment, url, proxy) => {
  expect(find(environment, url)).toBe(proxy);
});

test('in a CGI process HTTP_PROXY is a header that a client sent, and is not believed', () => {
  const cgi = { REQUEST_METHOD: 'GET', HTTP_PROXY: 'http://evil.test' };
  expect(find(cgi, 'http://store.test/')).toBeUndefined();
  expect(find({ ...cgi, http_proxy: 'http://own.test' }, 'http://store.test/')).toBe('http own.test 80');
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
])('with NO_PROXY=%s, %s goes past the proxy: %s', (list, url, passesBy) => {
  const environment = { https_proxy: 'http://proxy.test', NO_PROXY: list };
  expect(find(environment, url) === undefined).toBe(passesBy);
});

test('user and password of a proxy are sent in its own header', () => {
  const https_proxy = 'http://us%40er:100%25@proxy.test';
  const proxy = createProxyFinder({ https_proxy })(new URL('https://store.test/'));
  expect(proxy?.authorization).toBe(`Basic ${btoa('us@er:100%')}`);
  const lone = createProxyFinder({ https_proxy: 'http://user:5%@proxy.test' })(
    new URL('https://store.test/'),
  );
  expect(lone?.authorization).toBe(`Basic ${btoa('user:5%')}`);
});

test.each(['socks5://proxy.test:1080', 'http://', 'http://proxy.test:99999'])(
  '%s is no proxy that can be used, and is not quoted',
  (https_proxy) => {
    const finder = createProxyFinder({ https_proxy });
    const attempt = (): unknown => finder(new URL('https://store.test/'));
    expect(attempt).toThrow('INVALID_PROXY');
    expect(attempt).toThrow(expect.not.objectContaining({ message: expect.stringContaining('proxy.test') }));
    expect(isTransportError(errorOf(attempt))).toBe(true);
    // Who does not need it is not hindered by it.
    expect(finder(new URL('http://store.test/'))).toBeUndefined();
  },
);

function errorOf(run: () => unknown): unknown {
  try {
    return run();
  } catch (error) {
    return error;
  }
}
