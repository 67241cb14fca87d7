import { setImmediate as nextTurn } from 'node:timers/promises';
import type { KeyError, KeyErrorCode, KeySource } from '@magic-hour-keys/core';
import type { BackendCapabilities } from '@magic-hour-keys/core/author';
import type { TestedDefinition } from './tested-definition.ts';
import { makeTestKey } from '../make-test-key.ts';
import { expectFailure, expectKey } from './expected-reads.ts';
import type { LeakSearch } from './leak-search.ts';
import type { ObservedScope } from './observed-scope.ts';
import { createPlantedSecrets } from './planted-secrets.ts';
import type { Reader, Route, Seen } from './route.ts';
import type { BreakMode, SourceHarness } from './source-harness.ts';
import type { TrialJournal } from './trial-journal.ts';

/** One case on one route with a store of its own: what a case is written with. */
export interface Trial {
  readonly definition: TestedDefinition;
  readonly capabilities: BackendCapabilities;
  readonly harness: SourceHarness;
  readonly journal: TrialJournal;
  readonly scope: ObservedScope;
  /** Where a value gives a secret away. */
  readonly findPlaces: LeakSearch;
  /** Stores a new test key, as it is or dressed up by `shape`. @returns the key alone */
  store(shape?: (key: string) => string | Uint8Array): Promise<string>;
  remove(): Promise<void>;
  disable(): Promise<void>;
  break(mode: BreakMode): Promise<void>;
  heal(): Promise<void>;
  /** How many reads of the secret the store sees meanwhile. */
  countRequests(run: () => Promise<unknown>): Promise<number>;
  /** A source of the backend, without a route around it. */
  makeSource(overrides?: Record<string, unknown>): KeySource;
  open(overrides?: Record<string, unknown>): Reader;
  /** One read that has to succeed, and give that key if one is named. */
  reads(reader: Reader, key?: string): Promise<Seen>;
  /** One read, of a new reader if none is given, that has to fail with one of these codes. */
  fails(codes: readonly KeyErrorCode[], reader?: Reader): Promise<KeyError>;
  /** Fails when the value gives a secret away. `what` names it in the message. */
  staysHidden(value: unknown, what: string): void;
  /** Gives everything that is due its turn. */
  settle(): Promise<void>;
  /** Fails when an event of a reader, or its health, gives a secret away. */
  searchShown(): void;
  /** Closes every reader. What a `close` throws is the business of the cases about it. */
  end(): Promise<void>;
}

export interface TrialParts {
  readonly definition: TestedDefinition;
  readonly harness: SourceHarness;
  readonly route: Route;
  readonly scope: ObservedScope;
  readonly journal: TrialJournal;
}

const TURNS_TO_SETTLE = 5;

export function createTrial({ definition, harness, route, scope, journal }: TrialParts): Trial {
  const readers: Reader[] = [];
  const secrets = createPlantedSecrets(() => harness.secrets);
  const { outside } = scope;

  async function store(shape: (key: string) => string | Uint8Array = (key) => key): Promise<string> {
    const key = makeTestKey();
    secrets.plant(key);
    await outside(() => harness.put(shape(key)));
    return key;
  }

  function open(overrides?: Record<string, unknown>): Reader {
    const reader = route.open(harness.source(overrides));
    readers.push(reader);
    return reader;
  }

  return {
    definition,
    capabilities: definition.capabilities,
    harness,
    journal,
    scope,
    findPlaces: secrets.findPlaces,
    staysHidden: secrets.staysHidden,
    store,
    remove: () => outside(() => harness.remove()),
    disable: async () => outside(() => harness.disable?.()),
    break: (mode) => outside(() => harness.break(mode)),
    heal: () => outside(() => harness.heal()),
    async countRequests(run) {
      const before = harness.requestCount();
      await run();
      return harness.requestCount() - before;
    },
    makeSource: (overrides) => harness.source(overrides),
    open,
    reads: (reader, key) => expectKey(reader, secrets, key),
    fails: (codes, reader = open()) => expectFailure(reader, secrets, codes),
    settle: () => outside(settle),
    searchShown() {
      for (const reader of readers) secrets.staysHidden(reader.shown(), 'an event or the health');
    },
    async end() {
      await Promise.allSettled(readers.splice(0).map((reader) => reader.close()));
    },
  };
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < TURNS_TO_SETTLE; turn++) {
    // oxlint-disable-next-line no-await-in-loop
    await nextTurn();
  }
}
