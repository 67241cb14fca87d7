import type { FindingId } from './finding-ids.ts';

/**
 * - `error`: there is no key, or it is, or will be, in the wrong hands
 * - `warning`: it works, and should not be so
 * - `note`: good to know; it does not change the exit code
 */
export type FindingLevel = 'error' | 'warning' | 'note';

/** Something that was found. Nothing in it is secret. */
export interface Finding {
  readonly id: FindingId;
  readonly level: FindingLevel;
  /** What is the matter, in one sentence without a full stop. */
  readonly title: string;
  /** What to do about it: a command, a policy or a sentence. */
  readonly fix: string;
  /** The file, with its line, the variable or the place in the store. */
  readonly at?: string | undefined;
  /** The environment that it was found in, where it is a matter of one. */
  readonly environment?: string | undefined;
}

const RANKS: Readonly<Record<FindingLevel, number>> = { error: 0, warning: 1, note: 2 };

/** Worst first; otherwise in the order of the checks. What two environments have in common is told once. */
export function sortFindings(findings: readonly Finding[]): readonly Finding[] {
  const seen = new Set<string>();
  return findings
    .filter(({ id, at, title, fix }) => {
      const identity = JSON.stringify([id, at, title, fix]);
      return !seen.has(identity) && seen.add(identity);
    })
    .toSorted((one, other) => RANKS[one.level] - RANKS[other.level]);
}
