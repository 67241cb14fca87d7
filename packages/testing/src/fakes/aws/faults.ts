/** What goes wrong with a request that has arrived whole. */
export type AwsFault =
  /** An error of AWS, such as `{ type: 'ThrottlingException', retryAfterSeconds: 2 }`. Default status 400. */
  | {
      readonly type: string;
      readonly status?: number | undefined;
      readonly message?: string | undefined;
      readonly retryAfterSeconds?: number | undefined;
    }
  /** Any text in the place of an answer. Default status 200, and the type of a real answer. */
  | {
      readonly text: string;
      readonly status?: number | undefined;
      readonly contentType?: string | undefined;
      readonly retryAfterSeconds?: number | undefined;
      /** The connection is cut before the length that was announced. */
      readonly isCut?: boolean | undefined;
    }
  /** The connection is reset. */
  | 'reset';

export interface FaultOptions {
  /** How many requests it happens to. Default: until `heal()`. */
  readonly times?: number | undefined;
  /** Such as `"GetSecretValue"`, `"AssumeRole"` or `"credentials"`. Default: all. */
  readonly operation?: string | undefined;
}
