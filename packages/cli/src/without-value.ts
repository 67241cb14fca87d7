/** The variables but those that hold this secret: a program that is given it otherwise needs none of them. */
export function withoutValue(
  env: Readonly<Record<string, string | undefined>>,
  secret: string,
): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(env).filter(([, value]) => value?.includes(secret) !== true));
}
