/** Where a key was looked for, in the words of errors and events. */
export interface Place {
  /** The backend's name, such as `"aws"`. */
  readonly source: string;
  /** Printable, never secret. */
  readonly location: string;
}

export function placeOf({ name, location }: { readonly name: string; readonly location: string }): Place {
  return { source: name, location };
}
