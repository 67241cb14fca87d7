import type { BackendCapabilities } from '@magic-hour-keys/core/author';
import type { RouteId } from './route.ts';
import type { SourceHarness } from './source-harness.ts';
import type { Trial } from './trial.ts';

/** One thing that every backend does. */
export interface ConformanceCase {
  /** Stable: `SourceHarness.unsupported` and the support matrix name it. */
  readonly id: string;
  /** A sentence about the backend. */
  readonly title: string;
  /** The ways on which it can be seen; all of them where this is missing. */
  readonly routes?: readonly RouteId[] | undefined;
  /** Why this store is left out, or undefined. */
  readonly skip?: ((store: StoreFacts) => string | undefined) | undefined;
  readonly run: (trial: Trial) => Promise<void>;
}

export interface StoreFacts {
  readonly capabilities: BackendCapabilities;
  readonly harness: SourceHarness;
}

export function needsNetwork({ capabilities }: StoreFacts): string | undefined {
  return capabilities.remote ? undefined : 'it is not read over a network';
}

export function needsPermissions({ capabilities }: StoreFacts): string | undefined {
  return capabilities.permissions ? undefined : 'it has no permissions of its own';
}

export function needsFields({ harness }: StoreFacts): string | undefined {
  return harness.fields ? undefined : 'a value has no members there';
}
