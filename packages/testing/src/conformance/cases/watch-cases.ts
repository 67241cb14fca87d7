import assert from 'node:assert/strict';
import type { ConformanceCase, StoreFacts } from '../conformance-case.ts';
import { settlesWithin } from '../settles-within.ts';
import type { Trial } from '../trial.ts';

const routes = ['source', 'first-found'] as const;
const LIMIT_MS = 250;
const NOTICE_LIMIT_MS = 1000;

/** Change notices. */
export const WATCH_CASES: readonly ConformanceCase[] = [
  {
    id: 'watch',
    title: 'tells of a rotation while it is watched',
    routes,
    skip: needsWatch,
    async run(trial) {
      const { controller, noticed } = await watch(trial);
      await trial.store();
      const isTold = await trial.scope.outside(() => settlesWithin(noticed, NOTICE_LIMIT_MS));
      controller.abort();
      assert.ok(isTold, 'no notice came');
    },
  },
  {
    id: 'watch-end',
    title: 'ends its watch within 250 ms of the abort',
    routes,
    skip: needsWatch,
    async run(trial) {
      const { controller, ended } = await watch(trial);
      controller.abort();
      const hasEnded = await trial.scope.outside(() => settlesWithin(ended, LIMIT_MS));
      assert.ok(hasEnded, `the watch goes on ${LIMIT_MS} ms after its abort`);
    },
  },
];

function needsWatch({ capabilities }: StoreFacts): string | undefined {
  return capabilities.watch ? undefined : 'it sends no change notices';
}

interface Watching {
  readonly controller: AbortController;
  /** Settles when the watch has ended, in whatever way. */
  readonly ended: Promise<void>;
  readonly noticed: Promise<void>;
}

async function watch(trial: Trial): Promise<Watching> {
  await trial.store();
  const reader = trial.open();
  // Core starts a watch after the first good read.
  await trial.reads(reader);
  const controller = new AbortController();
  let notice: () => void = () => undefined;
  const noticed = new Promise<void>((resolve) => {
    notice = resolve;
  });
  const watching = (async () => reader.source.watch?.(() => notice(), { signal: controller.signal }))();
  const ended = watching.then(
    () => undefined,
    () => undefined,
  );
  await trial.settle();
  return { controller, ended, noticed };
}
