import dns from 'node:dns';
import { lookup } from 'node:dns/promises';
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { createManualClock } from '@magic-hour-keys/testing';
import { startFaultProxy, type FaultProxy } from '@magic-hour-keys/testing/fault-proxy';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openRaw, request, startRequest, until } from './raw-clients.ts';

const OK = '{"status":"ok"}';
const clock = createManualClock();
let proxy: FaultProxy;

beforeEach(async () => {
  proxy = await startFaultProxy({ runtime: clock.runtime });
});
afterEach(() => proxy.close());

/** Waits for the only timer that a fault has set, and gives its time. */
async function nextTimer(): Promise<number | undefined> {
  await until(() => clock.timers().length > 0);
  return clock.timers()[0]?.dueInMs;
}

test('without a fault the answer of the target comes through', async () => {
  expect(await request(proxy)).toMatchObject({ status: 200, body: OK });
});

test('a target of its own is asked with the path and headers of the client', async () => {
  const server = createServer((incoming, response) => void response.end(`asked for ${incoming.url}`));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const inFront = await startFaultProxy({ target: `http://127.0.0.1:${port}` });
  expect(await request(inFront, '/v1/secret?field=key')).toMatchObject({
    body: 'asked for /v1/secret?field=key',
  });
  await inFront.close();
  server.close();
});

test.each(['https://127.0.0.1:8200', 'http://127.0.0.1', 'tcp://127.0.0.1:8200'])(
  '%s is refused as a target',
  async (target) => {
    await expect(startFaultProxy({ target })).rejects.toThrow('a target looks like "http://127.0.0.1:41234"');
  },
);

describe('latency', () => {
  test('the answer comes late, and whole', async () => {
    await proxy.setFault('latency', { ms: 700 });
    const { met, received } = startRequest(proxy);
    expect(await nextTimer()).toBe(700);
    expect(received.headers).toBe(0);
    await clock.advance(700);
    expect(await met).toMatchObject({ status: 200, body: OK });
  });
});

describe('down', () => {
  test('connections are refused, until it is healed on the same port', async () => {
    const { origin } = proxy;
    await proxy.setFault('down');
    expect(await request(proxy)).toEqual({ error: 'ECONNREFUSED' });
    await proxy.heal();
    expect(proxy.origin).toBe(origin);
    expect(await request(proxy)).toMatchObject({ status: 200 });
  });
});

describe('bandwidth', () => {
  test('a chunk takes the time that its bytes take', async () => {
    await proxy.setFault('bandwidth', { bytes: 100 });
    const { socket, heard } = await openRaw(proxy);
    socket.write('GET / HTTP/1.0\r\n\r\n');
    const ms = (await nextTimer()) ?? 0;
    expect(heard).toEqual([]);
    await clock.advance(ms);
    await until(() => heard.length > 0);
    expect(heard[0]?.length).toBe(Math.round(ms / 10));
    socket.destroy();
  });
});

describe('slow-close', () => {
  test('the connection stays open after the whole answer', async () => {
    await proxy.setFault('slow-close', { ms: 900 });
    const { socket, heard, ended } = await openRaw(proxy);
    socket.write('GET / HTTP/1.0\r\n\r\n');
    expect(await nextTimer()).toBe(900);
    await until(() => Buffer.concat(heard).toString().endsWith(OK));
    expect(socket.readableEnded).toBe(false);
    await clock.advance(900);
    expect(await ended).toBe('end');
    socket.destroy();
  });
});

describe('timeout', () => {
  test('nothing comes, and then the connection is closed', async () => {
    await proxy.setFault('timeout', { ms: 400 });
    const { met, received } = startRequest(proxy);
    expect(await nextTimer()).toBe(400);
    await clock.advance(400);
    expect(await met).toEqual({ error: 'ECONNRESET' });
    expect(received.headers).toBe(0);
  });
});

describe('reset-peer', () => {
  test('the connection is reset', async () => {
    await proxy.setFault('reset-peer', { ms: 50 });
    const { ended } = await openRaw(proxy);
    expect(await nextTimer()).toBe(50);
    await clock.advance(50);
    expect(await ended).toBe('ECONNRESET');
  });
});

describe('slicer', () => {
  test('the answer comes in slices, each after a pause', async () => {
    await proxy.setFault('slicer', { ms: 10, bytes: 7 });
    const { socket, heard, ended } = await openRaw(proxy);
    socket.write('GET / HTTP/1.0\r\n\r\n');
    for (let slice = 1; slice <= 3; slice++) {
      expect(await nextTimer()).toBe(10);
      await clock.advance(10);
      await until(() => heard.length === slice);
    }
    expect(heard.map(({ length }) => length)).toEqual([7, 7, 7]);
    void ended.finally(() => socket.destroy());
    while (!socket.destroyed) await clock.advance(10);
    expect(Buffer.concat(heard).toString()).toMatch(/\{"status":"ok"\}$/);
  });
});

describe('limit-data', () => {
  test('the connection is closed in the middle of the answer', async () => {
    await proxy.setFault('limit-data', { bytes: 33 });
    const { socket, heard, ended } = await openRaw(proxy);
    socket.write('GET / HTTP/1.1\r\nhost: localhost\r\n\r\n');
    expect(await ended).toBe('end');
    expect(Buffer.concat(heard)).toHaveLength(33);
    socket.destroy();
  });
});

describe('dns-failure', () => {
  test('the name does not exist, for callbacks and for promises', async () => {
    await proxy.setFault('dns-failure');
    const { hostname } = new URL(proxy.origin);
    expect(hostname).toMatch(/\.invalid$/);
    expect(await request(proxy)).toEqual({ error: 'ENOTFOUND' });
    await expect(lookup(hostname)).rejects.toMatchObject({ code: 'ENOTFOUND', hostname });
  });

  test('no name server is asked: the lookups of this process are replaced, until it is healed', async () => {
    const before = { callback: dns.lookup, promise: dns.promises.lookup };
    await proxy.setFault('dns-failure');
    expect(dns.lookup).not.toBe(before.callback);
    expect(dns.promises.lookup).not.toBe(before.promise);
    expect(lookup).toBe(dns.promises.lookup);
    await proxy.heal();
    expect({ callback: dns.lookup, promise: dns.promises.lookup }).toEqual(before);
    expect(await request(proxy)).toMatchObject({ status: 200 });
  });

  test('other names are looked up as ever', async () => {
    await proxy.setFault('dns-failure');
    await expect(lookup('127.0.0.1')).resolves.toMatchObject({ address: '127.0.0.1' });
    const found = await promisify(dns.lookup)('127.0.0.1', { all: false });
    expect(found).toMatchObject({ address: '127.0.0.1', family: 4 });
  });

  test('two proxies may have it at a time, and end it in any order', async () => {
    const before = dns.lookup;
    const other = await startFaultProxy();
    await proxy.setFault('dns-failure');
    await other.setFault('dns-failure');
    await proxy.heal();
    expect(await request(other)).toEqual({ error: 'ENOTFOUND' });
    await other.close();
    await expect(lookup('127.0.0.1')).resolves.toMatchObject({ address: '127.0.0.1' });
    dns.lookup = before;
  });
});

describe('silent', () => {
  test('the connection is accepted, and nothing comes', async () => {
    await proxy.setFault('silent');
    const { socket, heard } = await openRaw(proxy);
    await until(() => proxy.connections === 1);
    socket.write('GET / HTTP/1.1\r\n\r\n');
    await until(() => socket.writableLength === 0);
    expect(heard).toEqual([]);
    expect(socket.readableEnded).toBe(false);
    expect(clock.timers()).toEqual([]);
    socket.destroy();
  });
});

describe('half-open', () => {
  test('the other side has ended, and yet takes what it is told', async () => {
    await proxy.setFault('half-open');
    const { socket, ended } = await openRaw(proxy);
    expect(await ended).toBe('end');
    const written = new Promise<unknown>((resolve) => void socket.write('anybody there?', resolve));
    expect(await written).toBeFalsy();
    expect(proxy.openSockets).toBe(1);
    socket.destroy();
  });

  test('a client of HTTP takes it for a connection that was cut', async () => {
    await proxy.setFault('half-open');
    expect(await request(proxy)).toEqual({ error: 'ECONNRESET' });
  });
});
