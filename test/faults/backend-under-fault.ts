import type { KeySource } from '@magic-hour-keys/core';

/** One column of the table. A later backend gets a file beside the others and a line in `backends.ts`. */
export interface BackendUnderFault {
  readonly name: string;
  /** A store on this machine that holds `key`, for the proxy to stand in front of. */
  readonly startStore: (key: string) => Promise<StoreUnderFault>;
}

export interface StoreUnderFault {
  /** Such as `http://127.0.0.1:41234`. */
  readonly origin: string;
  /** Credentials that nothing may show. */
  readonly secrets: readonly string[];
  /** A new source with the real SDK, which reads the key by way of the proxy. No I/O. */
  makeSource(proxy: ProxyAddress): KeySource;
  close(): Promise<void>;
}

export interface ProxyAddress {
  readonly url: string;
  /** The authority that signed the certificate of the proxy, in PEM, where it speaks TLS; and the same in a file. */
  readonly ca: string | undefined;
  readonly caFile: string | undefined;
}
