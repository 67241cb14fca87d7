import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createKeyProvider, isKeyError } from '@magic-hour-keys/core';
import type { ApiKey, KeyEvent, KeyProviderOptions, ManagedKeyProvider } from '@magic-hour-keys/core';
import { publishKeyEvents } from '@magic-hour-keys/core/node';
import { createManualClock } from '@magic-hour-keys/testing';
import type { ManualClock } from '@magic-hour-keys/testing';
import type { Canaries } from './canaries.ts';
import type { Fault } from './faults.ts';
import type { OpenSource, Setting, SourceUnderTest } from './source-under-test.ts';

/** Everything that a program gets to see, by what it is. */
export type Shown = Readonly<Record<string, unknown>>;

export interface CellRun {
  readonly shown: Shown;
  /** How the first read ended: `"key"` when it gave the stored one, `"another key"`, or the code of the error. */
  readonly ended: string;
}

/** A provider with everything that can be observed about it. */
export interface Observed {
  readonly provider: ManagedKeyProvider;
  readonly source: OpenSource;
  readonly clock: ManualClock | undefined;
  readonly events: readonly KeyEvent[];
  readonly published: readonly unknown[];
  /** Waits for the outcome, and lets time pass meanwhile. */
  settle<Result>(pending: Promise<Result>): Promise<Outcome<Result>>;
  end(): Promise<void>;
}

export type Outcome<Result> = { readonly value: Result } | { readonly error: unknown };

/** Undefined where this fault can't happen to this source. */
export async function runCell(
  source: SourceUnderTest,
  fault: Fault,
  setting: Setting,
): Promise<CellRun | undefined> {
  const cold = await runCold(source, fault, setting);
  if (!cold) return undefined;
  return { ...cold, shown: { ...cold.shown, ...(await runWarm(source, fault, setting)) } };
}

/** The very first read of a process, which is also what the child process crashes with. */
export async function runCold(
  source: SourceUnderTest,
  fault: Fault,
  { canaries, folder }: Setting,
): Promise<CellRun | undefined> {
  const observed = await observe(source, { canaries, folder: await makeFolder(folder, 'cold') });
  const { provider, events, published, settle } = observed;
  try {
    if (!(await fault.apply(observed.source, canaries))) return undefined;
    const first = await settle((fault.ask ?? getKey)(provider));
    const again = await settle(provider.getKey());
    const health = provider.health();
    return {
      ended: describeEnd(first, canaries),
      shown: { provider, source: observed.source.source, first, ...spread(first), again, health, events, published },
    };
  } finally {
    await observed.end();
  }
}

/** A running process with a good key, to whose store it happens. */
async function runWarm(source: SourceUnderTest, fault: Fault, { canaries, folder }: Setting): Promise<Shown> {
  const observed = await observe(source, { canaries, folder: await makeFolder(folder, 'warm') });
  const { provider, events, published, settle } = observed;
  try {
    const before = await provider.getKey();
    await fault.apply(observed.source, canaries);
    provider.invalidate();
    const warm = await settle((fault.ask ?? getKey)(provider));
    const renewed = await settle(provider.renew(before));
    const healthWhileWarm = provider.health();
    await settle(provider.close());
    const closed = await settle(provider.getKey());
    return {
      before,
      warm: unwrap(warm),
      renewed: unwrap(renewed),
      healthWhileWarm,
      closed: unwrap(closed),
      warmEvents: [...events, ...published],
    };
  } finally {
    await observed.end();
  }
}

export async function observe(
  source: SourceUnderTest,
  setting: Setting,
  options: KeyProviderOptions = {},
): Promise<Observed> {
  const opened = await source.open(setting);
  const clock = opened.hasRealIo ? undefined : createManualClock();
  const events: KeyEvent[] = [];
  const published: unknown[] = [];
  const provider = createProvider(opened, {
    ...options,
    ...(clock && { runtime: clock.runtime }),
    onEvent: (event) => events.push(event),
  });
  const stopPublishing = publishKeyEvents(provider);
  const note = (message: unknown): void => void published.push(message);
  subscribe('magic-hour-keys:event', note);
  return {
    provider,
    source: opened,
    clock,
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

function createProvider(opened: OpenSource, options: KeyProviderOptions): ManagedKeyProvider {
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
  await clock?.settle();
  for (let ms = 0; clock && !settled && ms < LONGEST_MS; ms += STEP_MS) {
    // Time passes step by step, each after what the one before has caused.
    // oxlint-disable-next-line no-await-in-loop
    await clock.advance(STEP_MS);
  }
  return outcome;
}

function getKey(provider: ManagedKeyProvider): Promise<ApiKey> {
  return provider.getKey();
}

/** The result itself beside the outcome that holds it: some sinks look at the top alone. */
function spread(outcome: Outcome<unknown>): { firstResult: unknown } {
  return { firstResult: unwrap(outcome) };
}

export function unwrap(outcome: Outcome<unknown>): unknown {
  return 'error' in outcome ? outcome.error : outcome.value;
}

function describeEnd(outcome: Outcome<ApiKey>, { key }: Canaries): string {
  if ('value' in outcome) return outcome.value.reveal() === key ? 'key' : 'another key';
  return isKeyError(outcome.error) ? outcome.error.code : 'not a KeyError';
}

async function makeFolder(parent: string, name: string): Promise<string> {
  const folder = join(parent, name);
  await mkdir(folder, { recursive: true });
  return folder;
}
