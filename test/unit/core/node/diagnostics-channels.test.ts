import { channel, subscribe, unsubscribe } from 'node:diagnostics_channel';
import { readFile } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import { createKeyProvider, KeyError } from '@magic-hour-keys/core';
import type { KeyEvent, KeyReading, ManagedKeyProvider } from '@magic-hour-keys/core';
import { publishKeyEvents } from '@magic-hour-keys/core/node';
import { createManualClock, findLeaks, makeTestKey } from '@magic-hour-keys/testing';
import { afterEach, describe, expect, test } from 'vitest';
import { createWorld, DAY, MINUTE, sourceOf } from '../world.ts';

/** Public names: a subscriber somewhere has them written down. A new type gets a line here; none is ever changed. */
const CHANNELS: Readonly<Record<KeyEvent['type'], string>> = {
  resolved: 'magic-hour-keys:resolved',
  refreshed: 'magic-hour-keys:refreshed',
  changed: 'magic-hour-keys:changed',
  'served-stale': 'magic-hour-keys:served-stale',
  failed: 'magic-hour-keys:failed',
  rejected: 'magic-hour-keys:rejected',
  renewed: 'magic-hour-keys:renewed',
  warning: 'magic-hour-keys:warning',
  'key-age': 'magic-hour-keys:key-age',
};
const EVERY_EVENT = 'magic-hour-keys:event';

const endings: (() => void)[] = [];
afterEach(() => endings.splice(0).forEach((end) => end()));

interface Published {
  readonly name: string;
  readonly event: KeyEvent;
}

/** What is published on these channels from now on. */
function listenTo(names: readonly string[]): Published[] {
  const published: Published[] = [];
  for (const name of names) {
    subscribeForTest(name, (event) => published.push({ name, event: event as KeyEvent }));
  }
  return published;
}

function subscribeForTest(name: string, listener: (message: unknown) => void): () => void {
  const end = (): void => void unsubscribe(name, listener);
  subscribe(name, listener);
  endings.push(end);
  return end;
}

function publishForTest(provider: Pick<ManagedKeyProvider, 'subscribe'>): () => void {
  const end = publishKeyEvents(provider);
  endings.push(end);
  return end;
}

/** A provider that has lived through everything that there is an event for. */
async function liveThroughEverything(values: readonly [string, string]): Promise<KeyEvent[]> {
  const clock = createManualClock();
  const events: KeyEvent[] = [];
  let answer = (): KeyReading => ({
    value: values[0],
    createdAt: new Date(clock.wallMs() - 100 * DAY),
    warnings: [{ code: 'file_readable_by_others', message: 'a file can be read by others' }],
  });
  const provider = createKeyProvider(sourceOf({ read: async () => answer() }), {
    runtime: clock.runtime,
    onEvent: (event) => events.push(event),
  });
  publishForTest(provider);

  const first = await provider.getKey();
  await ask();
  answer = () => {
    throw new KeyError({ code: 'unavailable' });
  };
  await ask();
  answer = () => ({ value: values[1] });
  await provider.renew(first);
  await provider.close();
  return events;

  async function ask(): Promise<void> {
    await clock.advance(10 * MINUTE);
    provider.peek();
    await clock.settle();
  }
}

describe('the channels of a provider', () => {
  test('carry each event under its own name, and all of them under one', async () => {
    const published = listenTo([...Object.values(CHANNELS), EVERY_EVENT]);
    const events = await liveThroughEverything([makeTestKey(), makeTestKey()]);
    expect(new Set(events.map(({ type }) => type))).toEqual(new Set(Object.keys(CHANNELS)));
    expect(published).toEqual(
      events.flatMap((event) => [
        { name: CHANNELS[event.type], event },
        { name: EVERY_EVENT, event },
      ]),
    );
  });

  test('give the very event that listeners of the provider get, which nobody can change', async () => {
    const published = listenTo([EVERY_EVENT]);
    const { provider, events } = createWorld();
    publishForTest(provider);
    await provider.getKey();
    expect(published[0]?.event).toBe(events[0]);
    expect(published[0]?.event).toSatisfy(Object.isFrozen);
  });

  test('never hold a key', async () => {
    const published = listenTo([...Object.values(CHANNELS), EVERY_EVENT]);
    const keys = [makeTestKey(), makeTestKey()] as const;
    await liveThroughEverything(keys);
    expect(findLeaks(published, keys)).toEqual([]);
    expect(findLeaks([...published, keys[1]], keys)).not.toEqual([]);
  });

  test('carry a type of a later version under its own name too', () => {
    const published = listenTo(['magic-hour-keys:from-a-later-version', EVERY_EVENT]);
    const later = { type: 'from-a-later-version', source: 'memory', location: '' } as unknown as KeyEvent;
    publishForTest(emitting(later));
    expect(published.map(({ event }) => event)).toEqual([later, later]);
  });

  test('have no type that could be taken for the channel of all', () => {
    expect(Object.values(CHANNELS)).not.toContain(EVERY_EVENT);
  });

  test('are all listed in the README', async () => {
    const readme = await readFile(new URL('../../../../packages/core/README.md', import.meta.url), 'utf8');
    const section = readme.split(/^## /m).find((text) => text.startsWith('Diagnostics channels')) ?? '';
    const listed = section.match(/magic-hour-keys:[a-z-]+/g) ?? [];
    expect(new Set(listed)).toEqual(new Set([...Object.values(CHANNELS), EVERY_EVENT]));
  });
});

describe('a subscriber', () => {
  test('is told only of what it asked for', async () => {
    const published = listenTo(['magic-hour-keys:rejected']);
    const events = await liveThroughEverything([makeTestKey(), makeTestKey()]);
    expect(published.map(({ event }) => event)).toEqual(events.filter(({ type }) => type === 'rejected'));
    expect(channel(EVERY_EVENT).hasSubscribers).toBe(false);
  });

  test('may come when the events are published already, and go again', async () => {
    const { provider, source, clock, events } = createWorld();
    publishForTest(provider);
    await provider.getKey();
    const heard: unknown[] = [];
    const end = subscribeForTest(EVERY_EVENT, (event) => heard.push(event));
    source.rotate();
    provider.invalidate();
    await provider.getKey();
    expect(heard).toEqual(events.slice(1));
    end();
    await clock.advance(10 * MINUTE);
    provider.peek();
    await clock.settle();
    expect(events).toHaveLength(3);
    expect(heard).toHaveLength(1);
  });

  test('that throws keeps nothing from the provider or from the others, and Node reports it', async () => {
    const mistake = new Error('a mistake in a subscriber');
    const reported = captureUncaught();
    subscribeForTest('magic-hour-keys:resolved', () => {
      throw mistake;
    });
    const published = listenTo(['magic-hour-keys:resolved', EVERY_EVENT]);
    const { provider, source, types } = createWorld();
    publishForTest(provider);
    expect((await provider.getKey()).reveal()).toBe(source.current);
    expect(published.map(({ name }) => name)).toEqual(['magic-hour-keys:resolved', EVERY_EVENT]);
    expect(types()).toEqual(['resolved']);
    await setImmediate();
    expect(reported).toEqual([mistake]);
  });
});

describe('the end of publishing', () => {
  test('stops the channels and nothing else', async () => {
    const published = listenTo([EVERY_EVENT]);
    const { provider, types } = createWorld();
    const end = publishForTest(provider);
    end();
    end();
    await provider.getKey();
    expect(published).toEqual([]);
    expect(types()).toEqual(['resolved']);
  });

  test('of one provider leaves the other one published', async () => {
    const published = listenTo([EVERY_EVENT]);
    const [one, other] = [createWorld(), createWorld()];
    const end = publishForTest(one.provider);
    publishForTest(other.provider);
    end();
    await one.provider.getKey();
    await other.provider.getKey();
    expect(published.map(({ event }) => event)).toEqual(other.events);
  });
});

/** Tells whoever subscribes this one event at once. */
function emitting(event: KeyEvent): Pick<ManagedKeyProvider, 'subscribe'> {
  return {
    subscribe(listener) {
      listener(event);
      return () => undefined;
    },
  };
}

/** What would otherwise end the process, and the test run with it. */
function captureUncaught(): unknown[] {
  const errors: unknown[] = [];
  process.setUncaughtExceptionCaptureCallback((error) => errors.push(error));
  endings.push(() => process.setUncaughtExceptionCaptureCallback(null));
  return errors;
}
