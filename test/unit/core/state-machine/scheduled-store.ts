import type { KeyErrorCode, KeyReading, KeySource, ReadContext } from '@magic-hour-keys/core';
import { makeTestKey } from '@magic-hour-keys/testing';
import type fc from 'fast-check';
import type { LeanClock } from '../../../simulation/lean-clock.ts';
import { HOUR, MINUTE } from './moments.ts';
import type { Core } from './second-copy.ts';

/** What an operator may store. */
export type Stored = 'plain' | 'dirty' | 'expiring' | 'empty' | 'placeholder' | 'cut';

export interface StoredVersion {
  readonly name: string;
  /** As the operator stored it. */
  readonly stored: string;
  /** The key in it; undefined where no key can be made of it. */
  readonly value: string | undefined;
  readonly sequence: number;
  readonly expiresAtMs: number;
}

export type FailureKind =
  | { readonly kind: 'code'; readonly code: KeyErrorCode; readonly retryAfterMs: number | undefined }
  | { readonly kind: 'raw' };

export interface StoreObserver {
  /** Returns what the store's source shall tell with the outcome of this attempt. */
  started(context: ReadContext): {
    answered(version: StoredVersion): void;
    failed(code: KeyErrorCode): void;
    timedOut(): void;
  };
}

export interface StoreOptions {
  readonly scheduler: fc.Scheduler;
  readonly clock: LeanClock;
  readonly sequenced: boolean;
  readonly honoursAbort: boolean;
  /** Whose `KeyError` the source throws. */
  readonly core: Core;
  readonly observer: StoreObserver;
}

/** A store whose answers are decided when a read arrives and received later, both in the scheduler's order. */
export interface ScheduledStore {
  readonly source: KeySource;
  readonly versions: readonly StoredVersion[];
  readonly current: StoredVersion;
  readonly closed: boolean;
  rotate(what: Stored): void;
  rollBack(): void;
  /** The next arrivals meet a replica that has not seen the current version yet. */
  lag(arrivals: number): void;
  fail(failure: FailureKind): void;
  heal(): void;
  hint(): void;
  endWatch(failed: boolean): void;
}

/** Made once: a run needs a few dozen, and 10,000 runs need no more. */
const KEYS = Array.from({ length: 64 }, () => makeTestKey());

export function keyNumber(index: number): string {
  return KEYS[index % KEYS.length] ?? '';
}

function textToStore(what: Stored, key: string): string {
  switch (what) {
    case 'plain':
    case 'expiring':
      return key;
    case 'dirty':
      return `\uFEFF Bearer ${key}\r\n`;
    case 'empty':
      return ' \n';
    case 'placeholder':
      return 'your_api_key_here';
    case 'cut':
      return key.slice(0, 12);
    default:
      return what satisfies never;
  }
}

export function createScheduledStore(options: StoreOptions): ScheduledStore {
  const { scheduler, clock, core } = options;
  const versions: StoredVersion[] = [];
  const watches = new Set<{ onChange: () => void; end: (error?: Error) => void }>();
  let current = 0;
  let lagging = 0;
  let failure: FailureKind | undefined;
  let closed = false;
  let asked = 0;

  function rotate(what: Stored): void {
    const key = keyNumber(versions.length);
    const isKey = what === 'plain' || what === 'dirty' || what === 'expiring';
    versions.push({
      name: `v${versions.length + 1}`,
      stored: textToStore(what, key),
      value: isKey ? key : undefined,
      sequence: versions.length + 1,
      expiresAtMs: what === 'expiring' ? Math.floor(clock.now().wallMs) + HOUR + MINUTE : Infinity,
    });
    current = versions.length - 1;
  }

  function at(index: number): StoredVersion {
    const version = versions[Math.max(0, index)];
    if (!version) throw new Error('the store is never empty');
    return version;
  }

  /** What the store answers to a read that arrives now. */
  function decide(): () => StoredVersion {
    const { KeyError } = core;
    if (failure?.kind === 'code') {
      const { code, retryAfterMs } = failure;
      return () => {
        throw new KeyError({ code, retryAfterMs, source: 'store', location: 'in the test' });
      };
    }
    if (failure?.kind === 'raw') {
      return () => {
        throw new TypeError(`fetch failed, token ${keyNumber(0)}`);
      };
    }
    const version = at(lagging > 0 ? current - 1 : current);
    lagging = Math.max(0, lagging - 1);
    return () => version;
  }

  function toReading(version: StoredVersion): KeyReading {
    return {
      value: version.stored,
      version: version.name,
      ...(options.sequenced && { sequence: version.sequence }),
      ...(version.expiresAtMs < Infinity && { expiresAt: new Date(version.expiresAtMs) }),
    };
  }

  async function read(context: ReadContext): Promise<KeyReading> {
    const { signal } = context;
    const attempt = options.observer.started(context);
    const number = (asked += 1);
    const aborted = new Promise<never>((_resolve, reject) => {
      signal.addEventListener('abort', () => {
        attempt.timedOut();
        if (options.honoursAbort) reject(signal.reason as Error);
      });
    });
    aborted.catch(() => undefined);
    const answered = answer(number);
    answered.catch(() => undefined);
    try {
      const version = await Promise.race([aborted, answered]);
      attempt.answered(version);
      return toReading(version);
    } catch (error) {
      attempt.failed(core.isKeyError(error) ? error.code : 'unknown');
      throw error;
    }
  }

  async function answer(number: number): Promise<StoredVersion> {
    await scheduler.schedule(Promise.resolve(), `read ${number} arrives`);
    const decided = decide();
    await scheduler.schedule(Promise.resolve(), `read ${number} is answered`);
    return decided();
  }

  rotate('plain');
  return {
    source: {
      name: 'store',
      location: 'in the test',
      read,
      watch: (onChange, { signal }) =>
        new Promise((resolve, reject) => {
          const watch = {
            onChange,
            end(error?: Error) {
              watches.delete(watch);
              if (error) reject(error);
              else resolve();
            },
          };
          watches.add(watch);
          signal.addEventListener('abort', () => watch.end());
        }),
      close: async () => void (closed = true),
    },
    versions,
    get current() {
      return at(current);
    },
    get closed() {
      return closed;
    },
    rotate,
    rollBack: () => void (current = Math.max(0, current - 1)),
    lag: (arrivals) => void (lagging = arrivals),
    fail: (next) => void (failure = next),
    heal() {
      failure = undefined;
      lagging = 0;
    },
    hint: () => [...watches].forEach((watch) => watch.onChange()),
    endWatch: (failed) =>
      [...watches].forEach((watch) => watch.end(failed ? new Error('stream reset') : undefined)),
  };
}
