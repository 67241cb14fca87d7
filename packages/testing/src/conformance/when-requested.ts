import { setTimeout as pause } from 'node:timers/promises';
import type { StartedRead } from './route.ts';
import type { Trial } from './trial.ts';

const POLL_MS = 2;

/** Starts a read and waits until the store has seen it, or until it has ended all the same. */
export async function whenRequested(trial: Trial, start: () => StartedRead): Promise<StartedRead> {
  const before = trial.harness.requestCount();
  const started = start();
  const state = { ended: false };
  void started.ended.then(() => (state.ended = true));
  while (!state.ended && trial.harness.requestCount() === before) {
    // The runner's own time limit ends this when a request never gets there.
    // oxlint-disable-next-line no-await-in-loop
    await trial.scope.outside(() => pause(POLL_MS));
  }
  return started;
}
