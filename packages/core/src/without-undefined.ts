/** A copy without the members that are undefined, so that printed and serialised forms show only what is known. */
export function withoutUndefined<T extends object>(members: T): T {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as T;
}
