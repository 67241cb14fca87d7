/** Whose key it is: what a `KeyError` tells of the source. */
export interface KeyPlace {
  /** The backend's name, such as `"aws"`. */
  readonly source?: string | undefined;
  /** Where it looked; printable, never secret. */
  readonly location?: string | undefined;
}
