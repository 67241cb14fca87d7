import type { Canaries } from './canaries.ts';
import type { Addresses } from './cell-run.ts';

/** What the child process has to do. */
export interface CrashOrder {
  readonly row: string;
  readonly column: string;
  readonly canaries: Canaries;
  readonly addresses: Addresses;
}

/** The order and the files that a source reads lie here; all others in its folder were made by the process. */
export const PLANTED = 'planted';
/** Not an argument, a variable or the input: each of them would show up in the output by itself. */
export const ORDER_FILE: string = `${PLANTED}/order.json`;
/** What the child says before it fails: without it, its silence proves nothing. */
export const CAME_TO_ITS_END = 'the cell came to its end';
