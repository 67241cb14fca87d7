import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { createKeyProvider } from '@magic-hour-keys/core';
import type { KeyEvent, ManagedKeyProvider } from '@magic-hour-keys/core';
import { publishKeyEvents } from '@magic-hour-keys/core/node';
import { createManualClock } from '@magic-hour-keys/testing';
import type { ManualClock } from '@magic-hour-keys/testing';
import type { Observation, OpenSource, Setting, SourceUnderTest } from './source-under-test.ts';

/** A provider with everything that can be observed about it. */
export interface Observed {
  readonly provider: ManagedKeyProvider;
  readonly source: OpenSource;
  readonly events: readonly KeyEvent[];
  readonly published: readonly unknown[];
  /** Waits for the outcome, and lets time pass meanwhile. */
  settle<Result>(pending: Promise<Result>): Promise<Outcome<Result>>;
  end(): Promise<void>;
}

export type Outcome<Result> = { readonly value: Result } | { readonly error: unknown };

export async function observe(source: SourceUnderTest, setting: Setting): Promise<Observed> {
  const opened = await source.open(setting);
  const clock = opened.hasRealIo ? undefined : createManualClock();
  const events: KeyEvent[] = [];
  const published: unknown[] = [];
  const provider = createProvider(opened, {
    ...(clock && { runtime: clock.runtime }),
    onEvent: (event) => events.push(event),
  });
  const stopPublishing = publishKeyEvents(provider);
  // The channel is one for the whole process, and other cells publish there too.
  const note = (message: unknown): void => {
    if (events.includes(message as KeyEvent)) published.push(message);
  };
  subscribe('magic-hour-keys:event', note);
  return {
    provider,
    source: opened,
    events,
    published,
    settle: (pending) => settleWith(pending, clock),
    async end() {
      await settleWith(provider.close(), clock);
      unsubscribe('magic-hour-keys:event', note);
      stopPublishing();
      await opened.close?.();
    },
  };
}

function createProvider(opened: OpenSource, options: Observation): ManagedKeyProvider {
  return opened.createProvider?.(options) ?? createKeyProvider(opened.source, options);
}

/** Long enough for every deadline and every pause between attempts. */
const LONGEST_MS = 60_000;
const STEP_MS = 500;

async function settleWith<Result>(
  pending: Promise<Result>,
  clock: ManualClock | undefined,
): Promise<Outcome<Result>> {
  const outcome = pending.then(
    (value): Outcome<Result> => ({ value }),
    (error: unknown): Outcome<Result> => ({ error }),
  );
  let settled = false;
  void outcome.then(() => (settled = true));
  if (clock) await letTimePass(clock, () => settled);
  return outcome;
}

async function letTimePass(clock: ManualClock, isEnough: () => boolean): Promise<void> {
  await clock.settle();
  for (let ms = 0; !isEnough() && ms < LONGEST_MS; ms += STEP_MS) {
    // Time passes step by step, each after what the one before has caused.
    await clock.advance(STEP_MS);
  }
}

export function unwrap(outcome: Outcome<unknown>): unknown {
  return 'error' in outcome ? outcome.error : outcome.value;
}
