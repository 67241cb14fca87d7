import type { Setting } from './source-under-test.ts';

/** Everything that a program gets to see, by what it is. */
export type Shown = Readonly<Record<string, unknown>>;

export interface CellRun {
  /** How it ended: `"key"` when the stored key came out, the code of an error, or the status of an answer. */
  readonly ended: string;
  /** What the program failed with, where it failed. */
  readonly failure: unknown;
  readonly shown: Shown;
}

export interface CellSetting extends Setting {
  readonly addresses: Addresses;
}

/** Origins; empty where the cell needs no server. */
export interface Addresses {
  /** A stand-in of the Magic Hour API. */
  readonly api: string;
  /** Somebody else's server, which must never get the key. */
  readonly foreign: string;
  /** Where nobody listens. */
  readonly closed: string;
  /** A store that fails in the way that the path says; for the control group. */
  readonly broken: string;
}
