import { needsNetwork, needsPermissions } from './conformance-case.ts';
import type { Reader } from './route.ts';
import type { BreakMode } from './source-harness.ts';
import { settlesWithin } from './settles-within.ts';
import type { Trial } from './trial.ts';
import { whenRequested } from './when-requested.ts';

const TOUR_STEP_MS = 250;

/** The modes that this store can be put into. */
function modesOf({ capabilities, harness }: Trial): BreakMode[] {
  const facts = { capabilities, harness };
  const modes: BreakMode[] = [];
  if (needsPermissions(facts) === undefined) modes.push('denied', 'unauthenticated');
  if (needsNetwork(facts) === undefined) modes.push('throttled', 'unavailable', 'malformed', 'hang');
  return modes.filter((mode) => harness.unsupported?.[mode === 'hang' ? 'abort' : mode] === undefined);
}

/**
 * Takes new sources through everything that can happen to them: reads, a rotation, every failure, an abort, no key at
 * all, the end. It is for what they leave behind; what they answer is the business of other cases.
 */
export async function takeTour(trial: Trial): Promise<void> {
  await trial.store();
  const reader = trial.open();
  await readIgnored(reader);
  await trial.store();
  await readIgnored(reader);
  for (const mode of modesOf(trial)) {
    // A store is broken in one way at a time.
    // oxlint-disable-next-line no-await-in-loop
    await meet(trial, mode);
  }
  await trial.remove();
  await readIgnored(trial.open());
  await trial.end();
}

async function meet(trial: Trial, mode: BreakMode): Promise<void> {
  const reader = trial.open();
  await trial.break(mode);
  if (mode === 'hang') {
    const started = await whenRequested(trial, () => reader.start());
    started.abort();
    await trial.scope.outside(() => settlesWithin(started.ended, TOUR_STEP_MS));
  } else {
    await readIgnored(reader);
  }
  await trial.heal();
}

async function readIgnored(reader: Reader): Promise<void> {
  await reader.read().catch(() => undefined);
}
