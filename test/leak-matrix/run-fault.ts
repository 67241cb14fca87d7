import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isKeyError } from '@magic-hour-keys/core';
import type { ApiKey, ManagedKeyProvider } from '@magic-hour-keys/core';
import type { Canaries } from './canaries.ts';
import type { CellRun, Shown } from './cell-run.ts';
import type { Fault } from './faults.ts';
import { observe, unwrap, type Outcome } from './observe.ts';
import type { Setting, SourceUnderTest } from './source-under-test.ts';

/** Undefined where this fault can't happen to this source. */
export async function runFault(
  source: SourceUnderTest,
  fault: Fault,
  setting: Setting,
): Promise<CellRun | undefined> {
  const cold = await runCold(source, fault, setting);
  return cold && { ...cold, shown: { ...cold.shown, ...(await runWarm(source, fault, setting)) } };
}

/** The very first read of a process. */
async function runCold(
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
    const ours = observed.source.isTestTool ? {} : { source: observed.source.source };
    return {
      ended: describeEnd(first, canaries),
      failure: 'error' in first ? first.error : undefined,
      shown: {
        ...ours,
        provider,
        first: unwrap(first),
        outcomes: [first, again],
        health: provider.health(),
        events: [...events, ...published],
      },
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

function getKey(provider: ManagedKeyProvider): Promise<ApiKey> {
  return provider.getKey();
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
