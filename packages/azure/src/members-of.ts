/** The members of whatever the SDK, or a client that was handed in, has given. */
export function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  return { ...(value as object | undefined) };
}

export function dateOf(value: unknown): Date | undefined {
  return value instanceof Date && !Number.isNaN(value.getTime()) ? value : undefined;
}
