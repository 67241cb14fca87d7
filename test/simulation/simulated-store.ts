import { KeyError, type KeyReading, type KeySource, type ReadContext } from '@magic-hour-keys/core';
import { makeTestKey } from '@magic-hour-keys/testing';
import { MINUTE, SECOND } from './durations.ts';
import type { LeanClock, Moment } from './lean-clock.ts';
import type { Seeded } from './seeded.ts';

export const FAULTS = [
  'refused',
  'silent',
  'server-error',
  'unauthenticated',
  'garbage',
  'flapping',
  'throttled',
  'denied',
  'gone',
] as const;
export type Fault = (typeof FAULTS)[number];

export interface Answer {
  readonly fault: Fault | undefined;
  readonly startedAt: Moment;
}

export interface SimulatedStore {
  /** A fresh source over the same store, for a process that starts. */
  createSource(): KeySource;
  readonly current: string;
  readonly calls: number;
  readonly inFlight: number;
  readonly watchable: boolean;
  /** The faults that are active now. */
  readonly faults: ReadonlySet<Fault>;
  /** Returns the function that ends it. */
  begin(fault: Fault): () => void;
  rotate(): string;
  hint(): void;
  breakWatch(): void;
}

export interface SimulatedStoreOptions {
  readonly clock: LeanClock;
  readonly seeded: Seeded;
  readonly watchable: boolean;
  readonly sequenced: boolean;
  onCall(): void;
  /** Called with what was answered in time. */
  onAnswer(answer: Answer): void;
}

interface Watch {
  readonly onChange: () => void;
  readonly end: (error?: Error) => void;
}

const RETRY_AFTER_MS = [undefined, 5 * SECOND, MINUTE, 20 * MINUTE];

/** A store with a latency and with faults that come and go; what it answers is decided when it answers. */
export function createSimulatedStore(options: SimulatedStoreOptions): SimulatedStore {
  const { clock, seeded } = options;
  const active = new Map<Fault, number>();
  const watches = new Set<Watch>();
  let current = makeTestKey();
  let sequence = 1;
  let calls = 0;
  let inFlight = 0;
  let goneCode: 'not_found' | 'disabled' = 'not_found';

  function currentFault(): Fault | undefined {
    const faults = [...active.keys()];
    const fault = faults[0];
    return fault === 'flapping' && seeded.chance(0.5) ? faults[1] : fault;
  }

  function answer(fault: Fault | undefined): KeyReading {
    const here = { source: 'simulated', location: 'here' };
    switch (fault) {
      case undefined:
        return { value: current, version: `v${sequence}`, ...(options.sequenced && { sequence }) };
      case 'garbage':
        return { value: '<html>502 Bad Gateway</html>' };
      case 'throttled':
        throw new KeyError({ code: 'throttled', retryAfterMs: seeded.pick(RETRY_AFTER_MS), ...here });
      case 'denied':
        throw new KeyError({ code: 'access_denied', ...here });
      case 'gone':
        throw new KeyError({ code: goneCode, ...here });
      case 'unauthenticated':
        throw new KeyError({ code: 'unauthenticated', ...here });
      case 'refused':
        throw new KeyError({ code: 'unavailable', ...here });
      case 'flapping':
      case 'server-error':
      case 'silent':
        throw new TypeError('fetch failed');
    }
  }

  function read({ signal }: ReadContext): Promise<KeyReading> {
    calls += 1;
    inFlight += 1;
    options.onCall();
    const startedAt = clock.now();
    return new Promise((resolve, reject) => {
      let over = false;
      const finish = (run: () => void): void => {
        if (over) return;
        over = true;
        inFlight -= 1;
        cancel();
        run();
      };
      const cancel = active.has('silent')
        ? (): void => undefined
        : clock.runtime.setTimer(
            seeded.logBetween(2, 300),
            () => {
              const fault = currentFault();
              options.onAnswer({ fault, startedAt });
              finish(() => {
                try {
                  resolve(answer(fault));
                } catch (error) {
                  reject(error);
                }
              });
            },
            false,
          );
      signal.addEventListener('abort', () => finish(() => reject(signal.reason as Error)), { once: true });
    });
  }

  return {
    createSource: () => ({
      name: 'simulated',
      location: 'here',
      read,
      watch: options.watchable
        ? (onChange, { signal }) =>
            new Promise((resolve, reject) => {
              const watch: Watch = {
                onChange,
                end(error) {
                  watches.delete(watch);
                  if (error) reject(error);
                  else resolve();
                },
              };
              watches.add(watch);
              signal.addEventListener('abort', () => watch.end(), { once: true });
            })
        : undefined,
    }),
    get current() {
      return current;
    },
    get calls() {
      return calls;
    },
    get inFlight() {
      return inFlight;
    },
    watchable: options.watchable,
    get faults() {
      return new Set(active.keys());
    },
    begin(fault) {
      goneCode = seeded.pick(['not_found', 'disabled']);
      active.set(fault, (active.get(fault) ?? 0) + 1);
      return () => {
        const left = (active.get(fault) ?? 1) - 1;
        if (left > 0) active.set(fault, left);
        else active.delete(fault);
      };
    },
    rotate() {
      current = makeTestKey();
      sequence += 1;
      return current;
    },
    hint: () => [...watches].forEach((watch) => watch.onChange()),
    breakWatch: () => [...watches].forEach((watch) => watch.end(new Error('stream reset'))),
  };
}
