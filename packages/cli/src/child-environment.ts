import type { KeySourceDescription } from '@magic-hour-keys/config';
import { withoutValue } from './without-value.ts';

type Variables = Readonly<Record<string, string | undefined>>;

export interface ChildEnvironmentOptions {
  /** The sources of the chosen environment: all links of a chain, because any may be asked. */
  readonly sources: readonly Pick<KeySourceDescription, 'credentialVariables'>[];
  /** The key, and the variable that the program finds it in. */
  readonly value: string;
  readonly as: string;
  /** Variables that stay; `true` for all of them. */
  readonly keep: readonly string[] | true;
}

export interface ChildEnvironment {
  readonly env: Variables;
  /** Names that were set, and are not handed on. */
  readonly takenOut: readonly string[];
}

/**
 * What a program that is given the key finds in its environment: what was there, without the key under other names and
 * without what our sources log in with. Both may stay by name, because the program may need a login for its own work.
 */
export function childEnvironment(env: Variables, options: ChildEnvironmentOptions): ChildEnvironment {
  const { value, as, keep, sources } = options;
  const consumed = new Set(
    sources.flatMap(({ credentialVariables }) =>
      credentialVariables.filter(({ secret }) => secret).map(({ name }) => name),
    ),
  );
  const kept = (name: string): boolean => keep === true || keep.includes(name);
  const rest = Object.fromEntries(Object.entries(env).filter(([name]) => kept(name) || !consumed.has(name)));
  const handedOn = {
    ...withoutValue(rest, value),
    ...Object.fromEntries(Object.entries(env).filter(([name]) => kept(name))),
    [as]: value,
  };
  const takenOut = Object.keys(env).filter((name) => !Object.hasOwn(handedOn, name));
  return { env: handedOn, takenOut: takenOut.toSorted() };
}
