import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { KeyError, type KeyReading, type KeySource } from '@magic-hour-keys/core';
import type { BackendDefinition } from '@magic-hour-keys/core/author';
import type { SourceHarness } from '@magic-hour-keys/testing/conformance';
import {
  makeMemoryHarness,
  memoryDefinition,
  type MemoryHarness,
} from '../../../conformance/harness/memory.ts';

/** A backend with one mistake, and the cases that have to find it: these and no other. */
export interface WrongSource {
  readonly mistake: string;
  readonly fails: readonly string[];
  readonly makeHarness: () => Promise<SourceHarness>;
  readonly definition?: BackendDefinition<unknown> | undefined;
}

type Spoil = (
  right: KeySource,
  harness: MemoryHarness,
  overrides: Record<string, unknown>,
) => Partial<KeySource> & { readonly client?: unknown };

export const WRONG_SOURCES: readonly WrongSource[] = [
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
    mistake: 'takes no notice of an abort',
    fails: ['abort', 'aborted-before'],
    makeHarness: spoiled((right) => ({
      read: ({ reason }) => right.read({ reason, signal: new AbortController().signal }),
    })),
  },
  {
    mistake: 'quotes the value in a hint',
    fails: ['field-not-text'],
    makeHarness: spoiled((right, { store }) => ({
      read: (context) =>
        right.read(context).catch((error: { code?: string }) => {
          if (error.code !== 'invalid_key' || !store.current.includes('[')) throw error;
          throw new KeyError({ code: 'invalid_key', hint: `Correct this value: ${store.current}` });
        }),
    })),
  },
  {
    mistake: "passes the SDK's text on as a hint",
    fails: ['malformed'],
    makeHarness: spoiled(({ classify }) => ({
      classify(error) {
        const { message, status } = error as { message: string; status?: number };
        return status === 200 ? { code: 'unknown', hint: message } : classify?.(error);
      },
    })),
  },
  {
    mistake: 'prints on the console',
    fails: ['quiet'],
    makeHarness: spoiled((right) => ({
      read(context) {
        console.info('reading the key');
        return right.read(context);
      },
    })),
  },
  {
    mistake: 'writes to stderr',
    fails: ['quiet'],
    makeHarness: spoiled((right) => ({
      read(context) {
        process.stderr.write('reading the key\n');
        return right.read(context);
      },
    })),
  },
  {
    mistake: 'reads when it is created',
    fails: ['lazy'],
    makeHarness: spoiled((right) => {
      const early = right.read({ signal: new AbortController().signal, reason: 'probe' });
      early.catch(() => undefined);
      return {};
    }),
  },
  {
    mistake: 'leaves a timer running',
    fails: ['no-handles'],
    makeHarness: spoiled((right) => ({
      read(context) {
        setInterval(() => undefined, 60_000).unref();
        return right.read(context);
      },
    })),
  },
  {
    mistake: 'leaves a socket open',
    fails: ['no-handles'],
    makeHarness: async () => {
      const server = createServer().listen(0, '127.0.0.1');
      await once(server, 'listening');
      const { port } = server.address() as AddressInfo;
      const sockets = new Set<Socket>();
      const harness = await spoiled((right) => ({
        read(context) {
          sockets.add(connect(port, '127.0.0.1'));
          return right.read(context);
        },
      }))();
      return {
        ...harness,
        async close() {
          for (const socket of sockets) socket.destroy();
          server.close();
          await Promise.all([once(server, 'close'), harness.close()]);
        },
      };
    },
  },
  {
    mistake: 'has Node print a warning',
    fails: ['quiet'],
    makeHarness: spoiled((right) => ({
      read(context) {
        process.emitWarning('this option is old');
        return right.read(context);
      },
    })),
  },
  {
    mistake: 'leaves a promise to fail alone',
    fails: ['no-unhandled-rejection'],
    makeHarness: spoiled((right) => ({
      read(context) {
        const reading = right.read(context);
        void reading.then(() => Promise.reject(new Error('nobody listens')));
        return reading;
      },
    })),
  },
  {
    mistake: 'takes a refusal for a missing key',
    fails: ['denied', 'denied-link'],
    makeHarness: spoiled(({ classify }) => ({
      classify: (error) => ((error as { status?: number }).status === 403 ? 'not_found' : classify?.(error)),
    })),
  },
  {
    mistake: 'does not say what to do about a refusal',
    fails: ['denied'],
    makeHarness: spoiled(({ classify }) => ({
      classify: (error) =>
        (error as { status?: number }).status === 403 ? 'access_denied' : classify?.(error),
    })),
  },
  {
    mistake: 'forgets how long to wait',
    fails: ['throttled'],
    makeHarness: spoiled(({ classify }) => ({
      classify: (error) => ((error as { status?: number }).status === 429 ? 'throttled' : classify?.(error)),
    })),
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
    mistake: 'throws when it is closed again',
    fails: ['close-twice'],
    makeHarness: spoiled(() => {
      let closed = false;
      return {
        async close() {
          if (closed) throw new Error('already closed');
          closed = true;
        },
      };
    }),
  },
  {
    mistake: 'can not be closed before it is read',
    fails: ['close-unread'],
    makeHarness: spoiled((right) => {
      let client: object | undefined;
      return {
        read(context) {
          client = {};
          return right.read(context);
        },
        async close() {
          if (!client) throw new TypeError('no client');
        },
      };
    }),
  },
  {
    mistake: 'holds its token in a property',
    fails: ['opaque'],
    makeHarness: spoiled((_right, { secrets }) => ({ client: { token: secrets[0] } })),
  },
  {
    mistake: 'climbs out of its place',
    fails: ['path'],
    makeHarness: async () => {
      const harness = await makeMemoryHarness();
      return { ...harness, source: ({ path: _ignored, ...others } = {}) => harness.source(others) };
    },
  },
  {
    mistake: 'takes any option',
    fails: ['unknown-option'],
    makeHarness: makeMemoryHarness,
    definition: {
      ...memoryDefinition,
      schema: { '~standard': { version: 1, vendor: 'none', validate: (value) => ({ value }) } },
    },
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
    mistake: 'never tells of a change',
    fails: ['watch'],
    makeHarness: spoiled(({ watch }) => ({
      watch: async (_onChange, context) => watch?.(() => undefined, context),
    })),
  },
  {
    mistake: 'watches on after the abort',
    fails: ['watch-end'],
    makeHarness: spoiled(({ watch }) => ({
      watch: async (onChange) => watch?.(onChange, { signal: new AbortController().signal }),
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

/** The memory harness with sources that are right but for one thing. */
function spoiled(spoil: Spoil): () => Promise<SourceHarness> {
  return async () => {
    const harness = await makeMemoryHarness();
    return {
      ...harness,
      source(overrides = {}) {
        const right = harness.source(overrides);
        return { ...right, ...spoil(right, harness, overrides) };
      },
    };
  };
}
