// Where Vault is and whom to trust: options, and the variables that Vault's own command knows.
import { createKeyProvider, firstFound, type KeyEvent } from '@magic-hour-keys/core';
import { makeTestKey, staticKey } from '@magic-hour-keys/testing';
import { connect } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { onTestFinished, expect, test, vi } from 'vitest';
import { makeCertificate, type Certificate } from '../../unit/core/node/certificate.ts';
import { startProxy } from '../../unit/core/node/servers-for-test.ts';
import { temporaryFolder } from '../../unit/core/node/temporary-folder.ts';
import { read, readFailure } from '../store-reads.ts';
import { startWorld } from './vault-world.ts';

const folder = temporaryFolder();

/** TLS in front of a server that speaks http. */
async function startTlsFront(origin: string, { key, cert }: Certificate): Promise<number> {
  const { port } = new URL(origin);
  const server = createTlsServer({ key, cert }, (socket) => {
    const inner = connect(Number(port), '127.0.0.1');
    socket.on('error', () => inner.destroy());
    inner.on('error', () => socket.destroy());
    socket.pipe(inner).pipe(socket);
  });
  server.on('tlsClientError', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

test('the address comes from the option, or else from VAULT_ADDR', async () => {
  const { source, vault, token, key } = await startWorld();
  const env = { VAULT_ADDR: 'http://127.0.0.1:1', VAULT_TOKEN: token };
  expect((await read(source({ env, address: `${vault.origin}/` }))).value).toBe(key);
  expect((await read(source({ env: { ...env, VAULT_ADDR: vault.origin } }))).value).toBe(key);
});

test('without an address nothing is configured, and a chain goes on', async () => {
  const { source, token } = await startWorld();
  const env = { VAULT_TOKEN: token };
  const failure = await readFailure(source({ env }));
  expect(failure).toMatchObject({ code: 'not_configured' });
  expect(failure.hint).toBe('Set VAULT_ADDR or the option `address`.');
  const key = makeTestKey();
  const provider = createKeyProvider(firstFound([source({ env }), staticKey(key)]));
  onTestFinished(() => provider.close());
  expect((await provider.getKey()).reveal()).toBe(key);
});

test('a variable that is set later counts from the next read on', async () => {
  const { source, vault, token, key } = await startWorld();
  const env: Record<string, string> = { VAULT_TOKEN: token };
  const one = source({ env });
  expect(await readFailure(one)).toMatchObject({ code: 'not_configured' });
  env['VAULT_ADDR'] = vault.origin;
  expect((await read(one)).value).toBe(key);
});

test.each<[string, string]>([
  ['http://vault.internal:8200', 'set `allowInsecure: true`'],
  ['http://127.0.0.1.evil.test', 'set `allowInsecure: true`'],
  ['unix:///run/vault.sock', 'Set VAULT_ADDR to a URL'],
  ['https://user:canary@vault.internal', 'Set VAULT_ADDR to a URL'],
  ['vault.internal', 'Set VAULT_ADDR to a URL'],
  ['https://vault.internal:99999', 'Set VAULT_ADDR to a URL'],
])('with VAULT_ADDR=%s no token is sent', async (address, hint) => {
  const { source, token } = await startWorld();
  const failure = await readFailure(source({ env: { VAULT_ADDR: address, VAULT_TOKEN: token } }));
  expect(failure).toMatchObject({ code: 'invalid_config' });
  expect(failure.hint).toContain(hint);
  expect(failure.message).not.toContain('canary');
});

test('http to another machine needs permission, and is warned about', async () => {
  const { source, vault, token, key } = await startWorld();
  const proxy = await startProxy(0);
  vi.stubEnv('http_proxy', proxy.origin);
  const env = { VAULT_ADDR: 'http://vault.internal:8200', VAULT_TOKEN: token };
  // The proxy answers, so it is not Vault; but it was asked.
  expect(await readFailure(source({ env, allowInsecure: true }))).toMatchObject({ code: 'unavailable' });
  expect(proxy.seen[0]?.url).toBe('http://vault.internal:8200/v1/sys/internal/ui/mounts/secret/magic-hour');
  expect((await read(source())).value).toBe(key);
  expect(vault.secretReads).toBe(1);
});

test.each(['option', 'variable'])('the CA is named by %s', async (by) => {
  const { source, vault, token, key } = await startWorld();
  const certificate = makeCertificate();
  const port = await startTlsFront(vault.origin, certificate);
  await folder.write('ca.pem', certificate.cert);
  const env = { VAULT_ADDR: `https://127.0.0.1:${port}`, VAULT_TOKEN: token };
  const named =
    by === 'option'
      ? { env, caFile: 'ca.pem', cwd: folder.path('') }
      : { env: { ...env, VAULT_CACERT: folder.path('ca.pem') } };
  expect((await read(source(named))).value).toBe(key);
  expect(await readFailure(source({ env }))).toMatchObject({
    code: 'invalid_config',
    upstream: { name: 'DEPTH_ZERO_SELF_SIGNED_CERT' },
  });
});

test('a CA that is missing, or is none, is told before anything is sent', async () => {
  const { source, env, vault } = await startWorld();
  await folder.write('key.pem', 'not a certificate');
  const none = await readFailure(source({ caFile: folder.path('key.pem') }));
  expect(none).toMatchObject({ code: 'invalid_config' });
  expect(none.hint).toBe('Correct the option `caFile`.');
  const other = await readFailure(source({ env: { ...env, VAULT_CACERT: folder.path('key.pem') } }));
  expect(other.hint).toBe('Correct VAULT_CACERT.');
  const gone = await readFailure(source({ caFile: folder.path('gone.pem') }));
  expect(gone).toMatchObject({ code: 'invalid_config' });
  expect(gone.hint).toContain('gone.pem');
  expect(vault.requests).toEqual([]);
});

test.each(['1', 'true', 'TRUE', 't'])('VAULT_SKIP_VERIFY=%s has no effect but a warning', async (value) => {
  const { source, env } = await startWorld();
  const events: KeyEvent[] = [];
  const provider = createKeyProvider(source({ env: { ...env, VAULT_SKIP_VERIFY: value } }), {
    onEvent: (event) => events.push(event),
  });
  onTestFinished(() => provider.close());
  await provider.getKey();
  expect(events.filter(({ type }) => type === 'warning')).toEqual([
    expect.objectContaining({
      code: 'vault_skip_verify_ignored',
      message: expect.stringContaining('VAULT_CACERT'),
    }),
  ]);
});

test('NODE_DEBUG=http is warned about, because Node then prints the token', async () => {
  const { source } = await startWorld();
  vi.stubEnv('NODE_DEBUG', 'fs,http');
  expect((await read(source())).warnings).toEqual([
    expect.objectContaining({ code: 'node_debug_prints_headers' }),
  ]);
  vi.stubEnv('NODE_DEBUG', 'httpx');
  expect((await read(source())).warnings).toBeUndefined();
});

test('an address with a path in front of the API', async () => {
  const { source, vault, token } = await startWorld();
  const env = { VAULT_ADDR: `${vault.origin}/behind/`, VAULT_TOKEN: token };
  await readFailure(source({ env }));
  expect(vault.calls[0]).toBe('GET /behind/v1/sys/internal/ui/mounts/secret/magic-hour');
});

test('https to Vault goes through the proxy of HTTPS_PROXY', async () => {
  const { source, vault, token, key } = await startWorld();
  const certificate = makeCertificate(['vault.internal']);
  const port = await startTlsFront(vault.origin, certificate);
  const proxy = await startProxy(port);
  vi.stubEnv('https_proxy', proxy.origin);
  const caFile = await folder.write('ca.pem', certificate.cert);
  const env = { VAULT_ADDR: 'https://vault.internal:8200', VAULT_TOKEN: token };
  expect((await read(source({ env, caFile }))).value).toBe(key);
  expect(proxy.tunnels).toEqual(['vault.internal:8200']);
});
