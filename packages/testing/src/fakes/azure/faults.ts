/** What goes wrong with a request that has arrived whole. */
export type AzureFault =
  /** An error of Key Vault, such as `{ status: 429, code: 'Throttled', retryAfterSeconds: 2 }`. */
  | {
      readonly code: string;
      readonly status: number;
      readonly innerCode?: string | undefined;
      readonly message?: string | undefined;
      readonly retryAfterSeconds?: number | undefined;
    }
  /** Any text in the place of an answer. Default status 200, and the type of a real answer. */
  | {
      readonly text: string;
      readonly status?: number | undefined;
      readonly headers?: Readonly<Record<string, string>> | undefined;
      /** The connection is cut before the length that was announced. */
      readonly isCut?: boolean | undefined;
    }
  /** The connection is reset. */
  | 'reset';

export interface FaultOptions {
  /** How many requests it happens to. Default: until `heal()`. */
  readonly times?: number | undefined;
  /** Such as `"GetSecret"`, `"token"` or `"metadata"`. Default: every request to the vault. */
  readonly operation?: string | undefined;
}
