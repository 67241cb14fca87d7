import type { KeySourceDescription } from '@magic-hour-keys/config';

type Variables = Readonly<Record<string, string | undefined>>;

export interface ChildEnvironmentOptions {
  /** The sources of the chosen environment: all links of a chain, because any may be asked. */
  readonly sources: readonly Pick<KeySourceDescription, 'credentialVariables'>[];
  /** The key. */
  readonly value: string;
  /** The variable that the program finds it in; without one, it is given the key otherwise. */
  readonly as?: string | undefined;
  /** Variables that stay; `true` for all of them. */
  readonly keep?: readonly string[] | true | undefined;
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
  const { value, as, keep = [], sources } = options;
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
    ...(as !== undefined && { [as]: value }),
  };
  const takenOut = Object.keys(env).filter((name) => !Object.hasOwn(handedOn, name));
  return { env: handedOn, takenOut: takenOut.toSorted() };
}

function withoutValue(env: Variables, secret: string): Variables {
  return Object.fromEntries(Object.entries(env).filter(([, value]) => value?.includes(secret) !== true));
}
