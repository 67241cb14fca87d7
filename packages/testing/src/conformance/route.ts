import type { ApiKey, KeyReading, KeySource, ManagedKeyProvider } from '@magic-hour-keys/core';

/** How a case reaches the source: directly, through `createKeyProvider`, or as a link of `firstFound`. */
export type RouteId = 'source' | 'provider' | 'first-found';

export interface Route {
  readonly id: RouteId;
  /** For the heading above its tests. */
  readonly title: string;
  /** No I/O. */
  open(source: KeySource): Reader;
}

/** What a read gave: the key as core makes it, and the reading behind it. */
export interface Seen {
  readonly key: ApiKey;
  readonly reading: KeyReading;
}

export interface StartedRead {
  abort(): void;
  /** Settles when the source's own promise does. */
  readonly ended: Promise<Ending>;
}

export type Ending = { readonly reading: KeyReading } | { readonly error: unknown };

export interface Reader {
  /** The source itself. */
  readonly source: KeySource;
  /** Of the route `provider` alone. */
  readonly provider?: ManagedKeyProvider | undefined;
  /** One read of the store; never from memory. @throws KeyError */
  read(): Promise<Seen>;
  /** `signal`, where it is given, stands for the reader's own. */
  start(signal?: AbortSignal): StartedRead;
  /** Whatever else the reader has shown meanwhile, such as events. */
  shown(): unknown;
  close(): Promise<void>;
}
