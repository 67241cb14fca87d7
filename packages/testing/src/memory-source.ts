import { KeyError } from '@magic-hour-keys/core';
import type {
  KeyErrorCode,
  KeyReading,
  KeyRuntime,
  KeySource,
  ReadContext,
  ReadReason,
} from '@magic-hour-keys/core';
import { makeTestKey } from './make-test-key.ts';
import { createMemoryStore } from './memory-store.ts';
import { createWatchers } from './memory-watchers.ts';
import { createReadGate } from './read-gate.ts';

export interface MemorySourceOptions {
  /** The first version. Default `makeTestKey()`. */
  readonly value?: string | Uint8Array | undefined;
  /** Default `"memory"`. */
  readonly name?: string | undefined;
  /** Default `"a variable in this process"`. */
  readonly location?: string | undefined;
  /** Whether readings carry a `sequence`, as those of a store that orders its versions. Default false. */
  readonly sequenced?: boolean | undefined;
  /** Whether a read that waits takes no notice of its abort signal, as some SDKs do. Default false. */
  readonly ignoreSignal?: boolean | undefined;
  /**
   * When a read that waits gets its answer: `"first"` as it starts, so that a rotation meanwhile makes the answer an
   * old one; `"last"` as it ends. Default `"first"`.
   */
  readonly answers?: 'first' | 'last' | undefined;
  /** Whether the source has a `watch`. Default true. */
  readonly watchable?: boolean | undefined;
  /** Whether the source has a `readPrevious`. Default true. */
  readonly keepsPrevious?: boolean | undefined;
}

/** A store in a variable, with a switch for everything that can happen to a store. Its versions are v1, v2, v3 … */
export interface MemorySource extends KeySource {
  /** Stores a new version, ends `remove()`, and gives the new value; without one, a new test key. */
  rotate(value?: string | Uint8Array): string;
  /** Makes the version before the current one current again, under its old name and sequence. */
  rollBack(): void;
  /** Reads fail with `not_found` from now on. */
  remove(): void;
  /**
   * Reads fail from now on, or the next `times` of them do. A code gives a `KeyError` with a hint; an error is thrown
   * raw, as an SDK would, and `classify` says nothing about it.
   */
  fail(failure: KeyErrorCode | Error, times?: number): void;
  /** Ends `fail()` and `remove()`. */
  heal(): void;
  /** Reads that start from now on wait for `release()`, or for their abort signal. */
  hang(): void;
  /** Ends `hang()` and lets every waiting read go on. */
  release(): void;
  /** Reads that start from now on take `ms` by this runtime's timers; 0 ends it. */
  delay(ms: number, runtime: KeyRuntime): void;
  /** The current value as text. */
  readonly current: string;
  /** The reason of each `read` that was started, in order. */
  readonly reads: readonly ReadReason[];
  /** How often `readPrevious` was started. */
  readonly previousReads: number;
  /** How many reads have started and not ended. */
  readonly inFlight: number;
  /** How many reads ended because their signal was aborted. */
  readonly aborted: number;
  /** Tells everybody who watches that the secret may have changed. `rotate()` alone tells nobody. */
  change(): void;
  /** Ends every watch, with the error if there is one. */
  endWatch(error?: Error): void;
  /** How many watches are open. */
  readonly watchers: number;
  readonly closed: boolean;
}

export function createMemorySource(options: MemorySourceOptions = {}): MemorySource {
  const name = options.name ?? 'memory';
  const location = options.location ?? 'a variable in this process';
  const { value = makeTestKey(), sequenced = false, ignoreSignal = false } = options;
  const store = createMemoryStore({ name, location, value, sequenced });
  const gate = createReadGate({ ignoreSignal });
  const watchers = createWatchers();
  const reads: ReadReason[] = [];
  let previousReads = 0;
  let closed = false;

  async function ask<Reading>(look: () => Reading, signal: AbortSignal): Promise<Reading> {
    if (closed) throw closedError(name, location);
    const answer = options.answers === 'last' ? undefined : store.answer(look);
    await gate.pass(signal);
    return (answer ?? store.answer(look))();
  }

  function readPrevious({ signal }: ReadContext): Promise<KeyReading | undefined> {
    previousReads += 1;
    return ask(store.previous, signal);
  }

  return {
    name,
    location,
    read({ signal, reason }) {
      reads.push(reason);
      return ask(store.current, signal);
    },
    readPrevious: options.keepsPrevious === false ? undefined : readPrevious,
    classify: () => undefined,
    watch: options.watchable === false ? undefined : watchers.add,
    close: async () => void (closed = true),
    rotate(next = makeTestKey()) {
      store.rotate(next);
      return toText(next);
    },
    rollBack: () => store.rollBack(),
    remove: () => store.remove(),
    fail: (failure, times) => store.fail(failure, times),
    heal: () => store.heal(),
    hang: () => gate.shut(),
    release: () => gate.open(),
    delay: (ms, runtime) => gate.delay(ms, runtime),
    change: () => watchers.notify(),
    endWatch: (error) => watchers.end(error),
    reads,
    get current() {
      return toText(store.current().value);
    },
    get previousReads() {
      return previousReads;
    },
    get inFlight() {
      return gate.inFlight();
    },
    get aborted() {
      return gate.aborted();
    },
    get watchers() {
      return watchers.count();
    },
    get closed() {
      return closed;
    },
  };
}

function closedError(source: string, location: string): KeyError {
  const hint = 'A source belongs to one provider and is not read after its close(); create another one.';
  return new KeyError({ code: 'closed', source, location, hint });
}

function toText(value: string | Uint8Array): string {
  return typeof value === 'string' ? value : new TextDecoder().decode(value);
}
