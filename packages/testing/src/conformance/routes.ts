import { staticKey } from '../static-key.ts';
import { createKeyProvider, firstFound, KeyError } from '@magic-hour-keys/core';
import type { KeyEvent, KeyReading, KeySource, ReadContext } from '@magic-hour-keys/core';
import { hurriedOptions } from './hurried-runtime.ts';
import { judgeReading } from './judge-reading.ts';
import type { Ending, Reader, Route, StartedRead } from './route.ts';
import { tapSource } from './tap-source.ts';

export const ROUTES: readonly Route[] = [
  { id: 'source', title: 'the source itself', open: openDirectly },
  { id: 'provider', title: 'through createKeyProvider', open: openThroughProvider },
  {
    id: 'first-found',
    title: 'through firstFound',
    open: (source) => openDirectly(firstFound([absentLink(), source])),
  },
];

/** A link that was never set up, so that the source is not the first of its chain. */
function absentLink(): KeySource {
  const hint = 'This link of the chain is left empty on purpose.';
  return staticKey(new KeyError({ code: 'not_configured', source: 'absent', hint }));
}

function openDirectly(source: KeySource): Reader {
  function start(signal?: AbortSignal): StartedRead {
    const controller = new AbortController();
    const context: ReadContext = { signal: signal ?? controller.signal, reason: 'probe' };
    return {
      abort: () => controller.abort(),
      ended: endingOf(async () => source.read(context)),
    };
  }
  return {
    source,
    start,
    read: async () => judgeReading(source, await start().ended),
    shown: () => undefined,
    close: async () => source.close?.(),
  };
}

function openThroughProvider(source: KeySource): Reader {
  const tap = tapSource(source);
  const events: KeyEvent[] = [];
  const provider = createKeyProvider(tap.source, {
    ...hurriedOptions(),
    onEvent: (event) => events.push(event),
  });
  return {
    source,
    provider,
    async read() {
      provider.invalidate();
      const key = await provider.getKey();
      const ending = await tap.latest();
      if ('error' in ending) throw new Error('the provider served its old key; this case needs a new reader');
      return { key, reading: ending.reading };
    },
    start() {
      provider.getKey().catch(() => undefined);
      // Nobody but its end aborts a provider's read: a caller who gives up leaves it running.
      return { abort: () => void provider.close(), ended: tap.latest() };
    },
    shown: () => ({ events, health: provider.health() }),
    async close() {
      await provider.close();
      await tap.closing();
    },
  };
}

async function endingOf(read: () => Promise<KeyReading>): Promise<Ending> {
  try {
    return { reading: await read() };
  } catch (error) {
    return { error };
  }
}
