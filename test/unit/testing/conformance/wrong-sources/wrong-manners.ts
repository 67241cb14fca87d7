import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { makeMemoryHarness, memoryDefinition } from '../../../../conformance/harness/memory.ts';
import { spoiled, type WrongSource } from './spoiled.ts';

/** What it does beside reading. */
export const WRONG_MANNERS: readonly WrongSource[] = [
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
    mistake: 'writes to stdout, and waits until it is written',
    fails: ['quiet'],
    makeHarness: spoiled((right) => ({
      async read(context) {
        await new Promise((resolve) => void process.stdout.write(Buffer.from('reading the key\n'), resolve));
        return right.read(context);
      },
    })),
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
    mistake: 'never tells of a change',
    fails: ['watch'],
    makeHarness: spoiled(({ watch }) => ({
      watch: async (_onChange, context) => watch?.(() => undefined, context),
    })),
  },
  {
    mistake: 'ends its watch with an error at once',
    fails: ['watch'],
    makeHarness: spoiled(() => ({
      async watch() {
        throw new Error('no stream');
      },
    })),
  },
  {
    mistake: 'watches on after the abort',
    fails: ['watch-end'],
    makeHarness: spoiled(({ watch }) => ({
      watch: async (onChange) => watch?.(onChange, { signal: new AbortController().signal }),
    })),
  },
];
