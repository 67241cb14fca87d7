import { POLICY, type Machine } from './machine.ts';
import { SECOND } from './moments.ts';

/** What holds after every command. */
export function checkAfterCommand(machine: Machine): void {
  const { journal, clock, callers, closed } = machine;
  const waiting = callers.filter(({ state }) => state === 'pending').length;
  const timers = clock.timers();
  const reads = journal.flights.underWay;
  if (closed === 'no') {
    if (reads.length > 3) journal.blame(`I1: ${reads.length} reads at once`);
    const late = reads.find(
      ({ startedAt }) => clock.now().monotonicMs - startedAt.monotonicMs > POLICY.deadlineMs,
    );
    if (late) journal.blame(`rule 8: read ${late.order} outlives its deadline`);
    const hasAnchor = timers.some(({ keepAlive }) => keepAlive);
    if (waiting > 0 && !hasAnchor)
      journal.blame('rule 8: a caller waits and nothing keeps the process alive');
    if (waiting === 0 && hasAnchor) journal.blame('I7: a timer keeps the process alive while nobody waits');
  } else {
    if (waiting > 0) journal.blame('I6: a caller still waits after close');
  }
  if (closed === 'yes' && timers.length > 0) journal.blame('I7: a timer after close');
  throwViolations(machine);
}

/** Lets everything end: reads are answered, deadlines pass, and nobody may wait any longer. */
export async function finish(machine: Machine, deliverAll: () => Promise<void>): Promise<void> {
  const { journal, clock, callers } = machine;
  for (let round = 0; round < 40 && callers.some(({ state }) => state === 'pending'); round++) {
    await deliverAll();
    await clock.advance(SECOND);
    await machine.settle();
  }
  const waiting = callers.filter(({ state }) => state === 'pending');
  if (waiting.length > 0) journal.blame(`I6: ${waiting.length} callers wait for ever`);
  checkBudget(machine);
  machine.close();
  await machine.settle();
  checkAfterCommand(machine);
  await deliverAll();
  await machine.settle();
  checkAfterCommand(machine);
  if (machine.closed !== 'yes') journal.blame('I6: close does not end');
  if (!machine.store.closed) journal.blame('the source was not closed');
  throwViolations(machine);
}

/** I5 and rule 10: retries come out of a bucket of 10, of which each success gives a tenth back. */
function checkBudget({ journal, callers, invalidations }: Machine): void {
  const { flights } = journal;
  if (flights.retries > 10 + 0.1 * flights.successes) journal.blame(`rule 10: ${flights.retries} retries`);
  const renewals = flights.all.filter(({ reason }) => reason === 'rejected').length;
  const rejections = callers.filter(({ kind, waited }) => kind === 'renew' && waited).length;
  if (renewals > rejections) journal.blame(`I5: ${renewals} renewal reads for ${rejections} rejections`);
  const fresh = flights.all.filter(({ reason }) => reason === 'invalidated').length;
  if (fresh > invalidations + renewals)
    journal.blame(`I5: ${fresh} reads for ${invalidations} invalidations`);
}

function throwViolations({ journal }: Machine): void {
  if (journal.violations.length > 0) throw new Error([...new Set(journal.violations)].join('\n'));
}
