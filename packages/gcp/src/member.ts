/** A member of what came from the SDK, also one that it inherits: names and codes of errors often stand in the class. */
export function member(holder: unknown, name: string): unknown {
  return typeof holder === 'object' && holder !== null ? Reflect.get(holder, name) : undefined;
}
