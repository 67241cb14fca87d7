import type { TestedDefinition } from '@magic-hour-keys/testing/conformance';
import type { BreakMode, SourceHarness } from '@magic-hour-keys/testing/conformance';

/** The variables of the process. */
export type LiveEnvironment = Readonly<Record<string, string | undefined>>;

/** Either what somebody has to set, as a sentence such as `"set MHK_LIVE_VAULT_ADDR to …"`, or a store to run against. */
export type LiveSetup = { readonly missing: string } | LiveHarnesses;

export interface LiveHarnesses {
  /**
   * Each case gets one of its own, under a name that nobody else uses. `close()` deletes what it made, also after a
   * failure; where making it fails half-way, that deletes what it has made by then.
   */
  makeHarness(): Promise<SourceHarness>;
  /** Runs once at the end, also when tests hung: deletes what several harnesses share, and what they left behind. */
  cleanUp?(): Promise<void>;
}

/** A real store, one way to set it up, and how the environment names it. */
export interface LiveStore {
  /** The heading above its tests. */
  readonly title: string;
  readonly definition: TestedDefinition;
  /** No I/O. */
  readonly setUp: (environment: LiveEnvironment) => LiveSetup;
}

/** Which cases of the kit need a store to be broken in this way. */
const CASES_OF_MODE: Readonly<Record<BreakMode, readonly string[]>> = {
  denied: ['denied', 'denied-link'],
  unauthenticated: ['unauthenticated'],
  throttled: ['throttled'],
  unavailable: ['unavailable', 'healed', 'renew-store-down', 'serves-on'],
  hang: ['abort', 'aborted-before'],
  malformed: ['malformed'],
};

/** For `SourceHarness.unsupported`: the cases that need these modes, each with the reason that is printed. */
export function withoutModes(reasons: Readonly<Partial<Record<BreakMode, string>>>): Record<string, string> {
  const modes = Object.keys(reasons) as BreakMode[];
  return Object.fromEntries(
    modes.flatMap((mode) => CASES_OF_MODE[mode].map((id): [string, string] => [id, reasons[mode] ?? ''])),
  );
}

/** A name that no other run and no other harness has: `"mhk-live-m3k9x1f2ab-7c1e"`. Lower case, as Kubernetes asks for. */
export function makeUniqueName(): string {
  const random = Math.floor(Math.random() * 36 ** 8);
  return `mhk-live-${Date.now().toString(36)}-${random.toString(36).padStart(8, '0')}`;
}
