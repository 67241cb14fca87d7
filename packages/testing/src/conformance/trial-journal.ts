import assert from 'node:assert/strict';

/**
 * What the cases of one group printed, and the promises they left alone. An SDK may print once in a process, when it is
 * loaded by whichever case comes first, so it is one case that judges the others: those before it by this journal,
 * those after it by going through everything itself. Only what neither could see is charged to its own case.
 */
export interface TrialJournal {
  readonly printed: string[];
  readonly rejected: string[];
  readonly judged: Set<'printed' | 'rejected'>;
}

export function createTrialJournal(): TrialJournal {
  return { printed: [], rejected: [], judged: new Set() };
}

export const PRINTED = 'something was printed';
export const REJECTED = 'a promise failed while nobody listened';

export function expectNothing(found: readonly string[], what: string): void {
  assert.ok(found.length === 0, `${what}, ${found.length} times: ${found.slice(0, 3).join(' | ')}`);
}
