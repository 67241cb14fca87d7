import type { KeyProviderOptions, KeyReading, KeySource, ManagedKeyProvider } from '@magic-hour-keys/core';
import type { BreakMode } from '@magic-hour-keys/testing/conformance';
import type { Canaries } from './canaries.ts';

/** One row of the matrix. A later backend gets a file beside the others and a line in `sources.ts`. */
export interface SourceUnderTest {
  readonly name: string;
  /** Whether the key stands in `process.env`, all of which Node itself writes into a diagnostic report. */
  readonly keyIsInEnvironment?: boolean | undefined;
  /**
   * Whether secrets pass through Node's streams, of which `NODE_DEBUG=stream` prints the first 50 bytes of each chunk,
   * whoever reads or writes it.
   */
  readonly usesStreams?: boolean | undefined;
  /** Whether every failure can happen to it that happens inside of the process, or every one on the wire. */
  readonly suffersEverything?: 'in process' | 'on the wire' | undefined;
  /** The store as it is on a good day: it holds `canaries.key`. */
  open(setting: Setting): Promise<OpenSource>;
}

export interface Setting {
  readonly canaries: Canaries;
  /** An empty folder for files that the source reads. */
  readonly folder: string;
}

export interface OpenSource {
  readonly source: KeySource;
  /** For what is no bare source. Default: `createKeyProvider(source, options)`. */
  readonly createProvider?: ((options: Observation) => ManagedKeyProvider) | undefined;
  /** Whether it does real I/O, which a manual clock can't wait for. */
  readonly hasRealIo: boolean;
  /** Puts another value into the store, or nothing; false where this store can't hold it. */
  readonly store?: ((value: StoredValue) => Promise<boolean>) | undefined;
  /** Makes the store behave badly; false where it can't. */
  readonly misbehave?: ((behaviour: Behaviour) => boolean | Promise<boolean>) | undefined;
  /** Whether it is a test's own source, which may show its key to the test. */
  readonly isTestTool?: boolean | undefined;
  /** Options that a person got wrong, by what is wrong with them. They fail at once or at the first read. */
  readonly wrongOptions?: Readonly<Record<string, () => ManagedKeyProvider>> | undefined;
  close?(): Promise<void>;
}

/** What the matrix asks of a provider. */
export type Observation = Pick<KeyProviderOptions, 'onEvent' | 'runtime'>;

export type StoredValue = string | Uint8Array | undefined;

/** What a store does instead of answering. */
export type Behaviour =
  | { readonly kind: 'fail'; readonly with: () => unknown }
  | { readonly kind: 'answer'; readonly with: () => unknown }
  | { readonly kind: 'hang'; readonly failLater?: (() => unknown) | undefined }
  | { readonly kind: 'members'; readonly members: Partial<KeySource> }
  /** On the wire: only for sources over a fake store. */
  | { readonly kind: 'store'; readonly mode: BreakMode };

/** For answers that no store should give. */
export function asReading(answer: unknown): KeyReading {
  return answer as KeyReading;
}
