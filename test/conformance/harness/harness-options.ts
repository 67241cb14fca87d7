export interface HarnessOptions {
  /** The secret to log in with, such as a client secret or a token. Default: a random one. */
  readonly credential?: string | undefined;
}
