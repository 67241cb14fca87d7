import type { KeyReading } from '@magic-hour-keys/core';
import { makeMemoryHarness } from '../../../../conformance/harness/memory.ts';
import { spoiled, type WrongSource } from './spoiled.ts';

/** What it reads, and what it tells of it. */
export const WRONG_ANSWERS: readonly WrongSource[] = [
  {
    mistake: 'gives an empty value when there is no key',
    fails: ['missing', 'field-absent', 'next-link'],
    makeHarness: spoiled((right) => ({
      read: (context) =>
        right.read(context).catch((error: { code?: string }): KeyReading => {
          if (error.code === 'not_found') return { value: '' };
          throw error;
        }),
    })),
  },
  {
    mistake: 'keeps the key that it has read',
    fails: [
      'line-ending',
      'rotation',
      'version',
      'sequence',
      'one-request',
      'one-flight',
      'renew',
      'serves-on',
    ],
    makeHarness: spoiled((right) => {
      let kept: KeyReading | undefined;
      return { read: async (context) => (kept ??= await right.read(context)) };
    }),
  },
  {
    mistake: 'keeps a failure that it has met',
    fails: ['stored-later', 'healed'],
    makeHarness: spoiled((right) => {
      let kept: Promise<never> | undefined;
      return {
        async read(context) {
          if (kept) return kept;
          try {
            return await right.read(context);
          } catch (error) {
            kept = Promise.reject(error);
            return kept;
          }
        },
      };
    }),
  },
  {
    mistake: 'swallows rotations',
    fails: ['line-ending', 'rotation', 'renew'],
    makeHarness: spoiled((right) => {
      let value: KeyReading['value'] | undefined;
      return {
        async read(context) {
          const reading = await right.read(context);
          value ??= reading.value;
          return { ...reading, value };
        },
      };
    }),
  },
  {
    mistake: 'names every version alike',
    fails: ['version'],
    makeHarness: spoiled((right) => ({
      read: async (context) => ({ ...(await right.read(context)), version: 'current' }),
    })),
  },
  {
    mistake: 'names every read anew',
    fails: ['version'],
    makeHarness: spoiled((right) => {
      let reads = 0;
      return {
        async read(context) {
          reads += 1;
          return { ...(await right.read(context)), version: `read ${reads}` };
        },
      };
    }),
  },
  {
    mistake: 'numbers every version alike',
    fails: ['sequence'],
    makeHarness: spoiled((right) => ({
      read: async (context) => ({ ...(await right.read(context)), sequence: 1 }),
    })),
  },
  {
    mistake: 'gives the current version for the previous one',
    fails: ['previous', 'no-previous'],
    makeHarness: spoiled((right) => ({ readPrevious: (context) => right.read(context) })),
  },
  {
    mistake: 'can not read the previous version',
    fails: ['previous', 'no-previous'],
    makeHarness: spoiled((_right, { secrets }) => ({
      async readPrevious() {
        throw new Error(`no version for ${secrets[0]}`);
      },
    })),
  },
  {
    mistake: 'has no readPrevious, against its manifest',
    fails: ['manifest', 'previous'],
    makeHarness: spoiled(() => ({ readPrevious: undefined })),
  },
  {
    mistake: 'has another name than its manifest',
    fails: ['manifest', 'origin', 'denied-link'],
    makeHarness: spoiled(() => ({ name: 'vault' })),
  },
  {
    mistake: 'asks the store twice',
    fails: ['one-request', 'one-flight', 'renew'],
    makeHarness: spoiled((right) => ({
      async read(context) {
        await right.read(context);
        return right.read(context);
      },
    })),
  },
  {
    mistake: 'looks at other members of a text than its own',
    fails: ['field-absent'],
    makeHarness: async () => {
      const harness = await makeMemoryHarness();
      return {
        ...harness,
        source: (overrides = {}) =>
          harness.source(overrides['field'] === 'api_key' ? { field: 'apiKey' } : overrides),
      };
    },
  },
];
