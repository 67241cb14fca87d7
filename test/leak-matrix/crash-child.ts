// Runs one cell in a process of its own and then fails with what the cell gave, so that everything that Node itself
// prints and writes can be searched. Started by crash.ts, built by build.ts.
import { readFileSync, writeSync } from 'node:fs';
import { resolve } from 'node:path';
import process from 'node:process';
import { COLUMNS } from './columns.ts';
import type { ControlSetting } from './controls.ts';
import { CAME_TO_ITS_END, ORDER_FILE, PLANTED, type CrashOrder } from './crash-order.ts';
import { SOURCES } from './sources.ts';

const order = JSON.parse(readFileSync(ORDER_FILE, 'utf8')) as CrashOrder;
const failure = await findFailure(order);
writeSync(2, `${CAME_TO_ITS_END}\n`);
process.emitWarning(failure);
setImmediate(() => {
  throw failure;
});

async function findFailure({ row, column, canaries, addresses }: CrashOrder): Promise<Error> {
  const source = SOURCES.find(({ name }) => name === row);
  if (!source) return runControl(column, { canaries, broken: addresses.broken });
  const cell = COLUMNS.find(({ name }) => name === column);
  const run = await cell?.run(source, { canaries, addresses, folder: resolve(PLANTED) });
  if (run?.failure instanceof Error) return run.failure;
  // Where nothing failed, all that the program has seen is what it fails with.
  return new Error('the program itself fails', { cause: run?.shown });
}

async function runControl(name: string, setting: ControlSetting): Promise<Error> {
  // Loaded where it is needed alone: these clients print much under DEBUG.
  const { CONTROLS } = await import('./controls.ts');
  const raw: unknown = await CONTROLS.find((control) => control.name === name)
    ?.run(setting)
    .catch((error: unknown) => error);
  return raw instanceof Error ? raw : new Error('the program itself fails');
}
