// Every SDK behind every fault, in real time: what a store and a network do to a call must end with core's deadline,
// whatever the SDK thinks of it, and leave nothing behind.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { createKeyProvider, isKeyError, type KeyEvent } from '@magic-hour-keys/core';
import { findLeaks, makeTestKey } from '@magic-hour-keys/testing';
import { FAULT_NAMES, FAULTS, startFaultProxy } from '@magic-hour-keys/testing/fault-proxy';
import type { FaultName, FaultProxy } from '@magic-hour-keys/testing/fault-proxy';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ProxyAddress, StoreUnderFault } from './backend-under-fault.ts';
import { BACKENDS } from './backends.ts';
import { measureCall } from './measure-call.ts';
import { createOutcomeTable } from './outcome-table.ts';

const DEADLINE_MS = 300;
const MARGIN_MS = 50;
const CLOSING_LIMIT_MS = 2000;
/** `not_found`, `disabled` and `access_denied` stop a key in the end, so no trouble of the network may look like them. */
const HARMLESS = ['timeout', 'unavailable', 'throttled', 'unknown', 'invalid_key'];
/** What a person has to put right: certificates and addresses are settings, and so is where a store may redirect to. */
const SETTINGS = ['invalid_config', 'origin_not_allowed'];
const ABOUT_SETTINGS: readonly FaultName[] = [
  'dns-failure',
  'tls-expired',
  'tls-wrong-host',
  'tls-self-signed',
  'redirect-loop',
];
const UNREACHED: readonly FaultName[] = ['down', 'dns-failure'];

const table = createOutcomeTable();
const unhandled: string[] = [];
const noteUnhandled = (reason: unknown): void => {
  unhandled.push(reason instanceof Error ? reason.name : typeof reason);
};

beforeAll(() => void process.on('unhandledRejection', noteUnhandled));
afterAll(() => {
  process.off('unhandledRejection', noteUnhandled);
  console.log(table.print(BACKENDS.map(({ name }) => name)));
});

describe.each(BACKENDS)('$name', ({ name, startStore }) => {
  const key = makeTestKey();
  let folder: string;
  let store: StoreUnderFault;
  let plain: FaultProxy;
  let secure: FaultProxy;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mhk-faults-'));
    store = await startStore(key);
    // What a faulty answer carries is the key, so that whoever quotes it is found.
    const options = { target: store.origin, body: JSON.stringify({ value: `${key}!`, api_key: key }) };
    plain = await startFaultProxy(options);
    secure = await startFaultProxy({ ...options, tls: true });
    await writeFile(join(folder, 'ca.pem'), secure.ca ?? '');
    await warmUp();
  });
  afterAll(async () => {
    await Promise.all([plain.close(), secure.close()]);
    await store.close();
    await rm(folder, { recursive: true });
  });

  /** Loads the SDK, which is no part of a call that is measured, and proves that the way through the proxy is right. */
  async function warmUp(): Promise<void> {
    const provider = createKeyProvider(store.makeSource(addressOf(plain)));
    expect((await provider.getKey()).reveal() === key).toBe(true);
    await provider.close();
  }

  function addressOf({ origin, ca }: FaultProxy): ProxyAddress {
    return { url: origin, ca, caFile: ca === undefined ? undefined : join(folder, 'ca.pem') };
  }

  test.each(FAULT_NAMES)('a call that meets %s ends in time and leaves nothing behind', async (fault) => {
    const proxy = ['tls', 'name'].includes(FAULTS[fault].layer) ? secure : plain;
    await proxy.setFault(fault);
    const connectionsBefore = proxy.connections;
    const events: KeyEvent[] = [];
    const provider = createKeyProvider(store.makeSource(addressOf(proxy)), {
      deadlineMs: DEADLINE_MS,
      attemptMs: DEADLINE_MS,
      onEvent: (event) => events.push(event),
    });
    unhandled.length = 0;

    const { outcome, elapsedMs, stalledMs } = await measureCall(() => provider.getKey());
    const health = provider.health();
    await provider.close();
    const openSockets = await countLeftSockets(proxy);
    await proxy.heal();

    const error = 'error' in outcome ? outcome.error : undefined;
    const ended = 'value' in outcome ? 'key' : isKeyError(error) ? error.code : 'not a KeyError';
    table.note(name, fault, { ended, elapsedMs, stalledMs });
    expect(elapsedMs - stalledMs).toBeLessThanOrEqual(DEADLINE_MS + MARGIN_MS);
    expect(openSockets).toBe(0);
    expect(unhandled).toEqual([]);
    expect(findLeaks({ error, events, health }, [key, ...store.secrets])).toEqual([]);
    if ('value' in outcome) expect(outcome.value.reveal() === key).toBe(true);
    else expect(ABOUT_SETTINGS.includes(fault) ? [...HARMLESS, ...SETTINGS] : HARMLESS).toContain(ended);
    expect(proxy.connections > connectionsBefore).toBe(!UNREACHED.includes(fault));
  });
});

/** How many sockets are open still, some time after everything was closed. */
async function countLeftSockets(proxy: FaultProxy): Promise<number> {
  for (let passed = 0; passed < CLOSING_LIMIT_MS && proxy.openSockets > 0; passed += 10) await pause(10);
  return proxy.openSockets;
}
