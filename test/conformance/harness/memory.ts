import { KeyError, type KeyFailure, type KeyReading, type KeySource } from '@magic-hour-keys/core';
import { codeFromStatus, selectField, type BackendDefinition } from '@magic-hour-keys/core/author';
import { createMemorySource, makeTestKey, type MemorySource } from '@magic-hour-keys/testing';
import type { BreakMode, SourceHarness } from '@magic-hour-keys/testing/conformance';

interface MemoryOptions {
  /** The member of a JSON object that holds the key. */
  readonly field?: string | undefined;
  /** Names joined by slashes. */
  readonly path?: string | undefined;
}

const OPTION_NAMES = ['field', 'path'];

/** A backend that can do everything, so that no case is left out. */
export const memoryDefinition: BackendDefinition<MemoryOptions> = {
  name: 'memory',
  title: 'Memory',
  packageName: '@magic-hour-keys/testing',
  schema: {
    '~standard': {
      version: 1,
      vendor: 'magic-hour-keys',
      validate: (value) => {
        const unknown = Object.keys(value as object).filter((name) => !OPTION_NAMES.includes(name));
        if (unknown.length === 0) return { value };
        return { issues: unknown.map((name) => ({ message: 'unknown option', path: [{ key: name }] })) };
      },
    },
  },
  location: ({ path = 'magic-hour' }) => `a variable in this process, ${path}`,
  requires: [],
  capabilities: {
    versions: true,
    sequence: true,
    previous: true,
    watch: true,
    permissions: true,
    remote: true,
  },
  secretOptions: [],
};

const STATUS: Readonly<Record<Exclude<BreakMode, 'hang'>, number>> = {
  denied: 403,
  unauthenticated: 401,
  throttled: 429,
  unavailable: 503,
  malformed: 200,
};
const RETRY_AFTER_MS = 7000;
const FIRST_VERSION = 'v1';

/** The store behind the harness, for tests of the kit itself that build a source of their own in front of it. */
export interface MemoryHarness extends SourceHarness {
  readonly store: MemorySource;
}

export async function makeMemoryHarness(): Promise<MemoryHarness> {
  const store = createMemorySource({ sequenced: true });
  const token = makeTestKey();
  // The version that a memory source begins with is not one that a case has stored.
  store.remove();

  return {
    name: 'memory',
    store,
    source: (overrides = {}) => createBackend(store, overrides),
    async put(value) {
      store.rotate(value);
      store.change();
    },
    remove: async () => store.remove(),
    disable: async () => store.fail(storeError(410, token)),
    async break(mode) {
      if (mode === 'hang') store.hang();
      else store.fail(storeError(STATUS[mode], `${token} ${store.current}`));
    },
    async heal() {
      store.heal();
      store.release();
    },
    requestCount: () => store.reads.length,
    secrets: [token],
    fields: { whole: {}, field: (name) => ({ field: name }) },
    hostilePaths: [{ path: '../other' }, { path: 'a/../../b' }, { path: '/etc' }],
    retryAfterMs: RETRY_AFTER_MS,
    async close() {
      store.release();
      await store.close?.();
    },
  };
}

/** As an SDK throws it: with everything in it that must not come out. */
function storeError(status: number, secret: string): Error {
  return Object.assign(new Error(`status ${status}, request: ${secret}`), { status, authorization: secret });
}

function createBackend(store: MemorySource, options: MemoryOptions): KeySource {
  const { field, path = 'magic-hour' } = options;
  if (path.split('/').some((name) => name === '' || name === '..')) {
    throw new KeyError({
      code: 'invalid_config',
      source: 'memory',
      message: 'the option path leaves its place',
      hint: 'Name the place from the root, without `..`.',
    });
  }
  const where = { source: 'memory', location: memoryDefinition.location(options) };
  const select = (reading: KeyReading): KeyReading => {
    const { value } = reading;
    if (field === undefined) return reading;
    return { ...reading, value: selectField(typeof value === 'string' ? value : '', field, where) };
  };
  return {
    name: 'memory',
    location: where.location,
    read: async (context) => select(await store.read(context)),
    async readPrevious(context) {
      const reading = await store.readPrevious?.(context);
      return reading && reading.version !== FIRST_VERSION ? select(reading) : undefined;
    },
    classify,
    watch: async (onChange, context) => store.watch?.(onChange, context),
    close: async () => undefined,
  };
}

function classify(error: unknown): KeyFailure | undefined {
  const { status } = error as { status?: number };
  if (status === undefined) return undefined;
  return {
    code: codeFromStatus(status),
    hint: 'This store is a variable: ask the test what it did to it.',
    retryAfterMs: status === 429 ? RETRY_AFTER_MS : undefined,
    upstream: { status },
  };
}
