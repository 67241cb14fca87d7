import { FAULT_NAMES, FAULTS, startFaultProxy } from '@magic-hour-keys/testing/fault-proxy';
import { expect, test } from 'vitest';
import { openRaw, request, startRequest, until } from './raw-clients.ts';

const overPlainText = FAULT_NAMES.filter((name) => FAULTS[name].layer !== 'tls');

test('there are 30 faults, each with a description', () => {
  expect(FAULT_NAMES).toHaveLength(30);
  for (const name of FAULT_NAMES) expect(FAULTS[name].description).toMatch(/^\w/);
});

test.each(overPlainText)('%s: a client that hangs up is not counted any more', async (name) => {
  const proxy = await startFaultProxy();
  await proxy.setFault(name);
  const { met, abort } = startRequest(proxy);
  const isMet = met.then(() => true);
  await until(() => proxy.connections > 0 || name === 'down' || name === 'dns-failure');
  abort();
  expect(await isMet).toBe(true);
  await until(() => proxy.openSockets === 0);
  await proxy.close();
});

test.each(overPlainText)('%s: another client gets an answer after it was healed', async (name) => {
  const proxy = await startFaultProxy();
  await proxy.setFault(name);
  expect(proxy.fault).toBe(name);
  const { met, abort } = startRequest(proxy);
  await proxy.heal();
  expect(proxy.fault).toBeUndefined();
  expect(await request(proxy)).toMatchObject({ status: 200 });
  abort();
  await met;
  await proxy.close();
});

test('a connection from before a fault is cut, so that the next request meets it', async () => {
  const proxy = await startFaultProxy();
  const { socket, ended } = await openRaw(proxy);
  await until(() => proxy.openSockets === 1);
  await proxy.setFault('silent');
  expect(await ended).toMatch(/^(end|ECONNRESET)$/);
  socket.destroy();
  await proxy.close();
});

test('a closed proxy refuses connections, and can be closed again', async () => {
  const proxy = await startFaultProxy();
  const { socket, ended } = await openRaw(proxy);
  await proxy.close();
  await proxy.close();
  await ended;
  expect(await request(proxy)).toEqual({ error: 'ECONNREFUSED' });
  expect(proxy.openSockets).toBe(0);
  socket.destroy();
});
