import type { EnvironmentLayer } from './environment-layer.ts';
import type { PlainObject } from './plain-object.ts';
import { below, type ProblemList } from './problem.ts';

/** A value, and where it was written, which may be in another environment. */
export interface Written {
  readonly value: unknown;
  readonly pointer: string;
}

export type WrittenMembers = ReadonlyMap<string, Written>;

/** An environment together with what it extends. */
export interface MergedEnvironment {
  /** Of the environment itself. */
  readonly pointer: string;
  readonly source?: Written | undefined;
  readonly firstFound?: Written | undefined;
  readonly options: WrittenMembers;
  readonly policy: WrittenMembers;
}

/**
 * One layer over another. `policy` is merged member by member, the options of a source only where the source stays the
 * same; a list or an object in an option is replaced as a whole, because half of two logins is no login.
 */
export function mergeLayers(
  layers: readonly EnvironmentLayer[],
  pointer: string,
  problems: ProblemList,
): MergedEnvironment {
  let merged: MergedEnvironment = { pointer, options: new Map(), policy: new Map() };
  for (const layer of layers) {
    const policy = overlay(merged.policy, layer.policy, below(layer.pointer, 'policy'));
    merged = { ...mergeSource(merged, layer), pointer, policy };
    tellOptionsOfChain(merged, problems);
  }
  // Without another problem, because a wrong "source" or a circle is why there is none.
  if (!merged.source && !merged.firstFound && problems.all.length === 0) {
    problems.add(pointer, 'needs "source", such as "env", or "firstFound"');
  }
  return merged;
}

function mergeSource(
  { source, firstFound, options }: MergedEnvironment,
  layer: EnvironmentLayer,
): Pick<MergedEnvironment, 'source' | 'firstFound' | 'options'> {
  const written = membersOf(layer.options, layer.pointer);
  if (layer.firstFound) {
    return {
      firstFound: { value: layer.firstFound, pointer: below(layer.pointer, 'firstFound') },
      options: written,
    };
  }
  if (layer.source === undefined || layer.source === source?.value) {
    return { source, firstFound, options: overlay(options, layer.options, layer.pointer) };
  }
  return { source: { value: layer.source, pointer: below(layer.pointer, 'source') }, options: written };
}

function tellOptionsOfChain({ firstFound, options }: MergedEnvironment, problems: ProblemList): void {
  if (!firstFound) return;
  for (const { pointer } of options.values()) {
    problems.add(
      pointer,
      'stands beside "firstFound", where only "policy", "extends" and "description" may; move it into a source of the list',
    );
  }
}

function overlay(under: WrittenMembers, over: PlainObject, pointer: string): WrittenMembers {
  return new Map([...under, ...membersOf(over, pointer)]);
}

/** The members of an object that was written at one place. */
export function membersOf(object: PlainObject, pointer: string): WrittenMembers {
  return new Map(
    Object.entries(object).map(([name, value]) => [name, { value, pointer: below(pointer, name) }]),
  );
}

/** The object again. Without a prototype, so that no name is special. */
export function valuesOf(members: WrittenMembers): PlainObject {
  const object = Object.create(null) as Record<string, unknown>;
  for (const [name, { value }] of members) object[name] = value;
  return object;
}
