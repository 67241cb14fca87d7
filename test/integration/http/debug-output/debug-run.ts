export type Outcome = (typeof OUTCOMES)[number];
export const OUTCOMES = ['success', '401', 'refused', 'time-out'] as const;

export const END_OF_DEBUG_OUTPUT = '--- end of debug output ---';

/** What the test tells the program. */
export interface DebugRun {
  readonly origin: string;
  /** Where nobody listens. */
  readonly gone: string;
  /** One key for each client, by the client's name. */
  readonly keys: Readonly<Record<string, string>>;
  /** Where the program leaves its `LoggedOutcome[]`. */
  readonly loggedFile: string;
}

/** What a program may log of a result or an error. */
export interface LoggedOutcome {
  readonly client: string;
  readonly outcome: Outcome;
  readonly texts: Readonly<Record<string, string>>;
}
