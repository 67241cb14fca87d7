import type { KeySource } from '@magic-hour-keys/core';
import { BUILT_IN_BACKENDS, type BuiltInBackend } from './builtin-backends.ts';
import { checkOptions } from './check-options.ts';
import { didYouMean } from './did-you-mean.ts';
import { interpolate, refuseReferences, type Interpolation } from './interpolate.ts';
import { membersOf, valuesOf, type MergedEnvironment, type WrittenMembers } from './merge-layers.ts';
import { isPlainObject } from './plain-object.ts';
import { below } from './problem.ts';
import { listNames, showName } from './show-name.ts';

/** A source that has been checked and not been made yet. */
export type PlannedSource =
  | {
      readonly kind: 'built-in';
      readonly name: string;
      readonly location: string;
      readonly backend: BuiltInBackend;
      readonly options: unknown;
    }
  | { readonly kind: 'given'; readonly name: string; readonly location: string; readonly source: KeySource }
  | {
      readonly kind: 'chain';
      readonly name: string;
      readonly location: string;
      readonly links: readonly PlannedSource[];
    };

/** Those that are asked, in this order: the links of a chain, or the one there is. */
export function linksOf(planned: PlannedSource): readonly PlannedLink[] {
  return planned.kind === 'chain' ? planned.links.flatMap(linksOf) : [planned];
}

export type PlannedLink = Exclude<PlannedSource, { readonly kind: 'chain' }>;

export interface PlanContext extends Interpolation {
  /** Those that the application passed as `sources`. */
  readonly given: ReadonlyMap<string, KeySource>;
}

/** Undefined where something is wrong, which is then among the problems. */
export function planSource(merged: MergedEnvironment, context: PlanContext): PlannedSource | undefined {
  const { pointer, source, firstFound, options } = merged;
  if (firstFound) return planChain(firstFound.value as readonly unknown[], firstFound.pointer, context);
  if (!source) return undefined;
  return planOne({ name: String(source.value), namePointer: source.pointer, pointer, options }, context);
}

function planChain(
  list: readonly unknown[],
  pointer: string,
  context: PlanContext,
): PlannedSource | undefined {
  const links = list.map((link, index) => planLink(link, below(pointer, index), context));
  const planned = links.filter((link) => link !== undefined);
  if (planned.length < links.length) return undefined;
  const location = planned.map((link) => `${link.name} (${link.location})`).join(', ');
  return { kind: 'chain', name: 'firstFound', location, links: planned };
}

function planLink(link: unknown, pointer: string, context: PlanContext): PlannedSource | undefined {
  if (typeof link === 'string') {
    return planOne({ name: link, namePointer: pointer, pointer, options: new Map() }, context);
  }
  const { source: name, ...options } = isPlainObject(link) ? link : {};
  if (typeof name === 'string') {
    const namePointer = below(pointer, 'source');
    return planOne({ name, namePointer, pointer, options: membersOf(options, pointer) }, context);
  }
  context.problems.add(pointer, 'must be the name of a source, or an object with "source"');
  return undefined;
}

interface WrittenSource {
  readonly name: string;
  readonly namePointer: string;
  readonly pointer: string;
  readonly options: WrittenMembers;
}

function planOne(written: WrittenSource, context: PlanContext): PlannedSource | undefined {
  const { name, namePointer } = written;
  const given = context.given.get(name);
  if (given) return planGiven(given, written, context);
  const backend = BUILT_IN_BACKENDS.find((candidate) => candidate.name === name);
  if (backend) return planBuiltIn(backend, written, context);
  const names = [...BUILT_IN_BACKENDS.map((candidate) => candidate.name), ...context.given.keys()];
  context.problems.add(
    namePointer,
    `is no source that is known here. There are: ${listNames(names)}.${didYouMean(name, names)}`,
  );
  return undefined;
}

function planGiven(
  source: KeySource,
  { name, options }: WrittenSource,
  { problems }: PlanContext,
): PlannedSource | undefined {
  for (const { pointer } of options.values()) {
    problems.add(
      pointer,
      `is not taken here: the source "${showName(name)}" was made in code, with its options`,
    );
  }
  const { name: ownName, location } = source;
  return options.size > 0 ? undefined : { kind: 'given', name: ownName, location, source };
}

function planBuiltIn(
  backend: BuiltInBackend,
  { name, pointer, options }: WrittenSource,
  context: PlanContext,
): PlannedSource | undefined {
  const { problems } = context;
  const replaced = new Map(
    [...options].map(([option, { value, pointer: place }]) => {
      if (backend.interpolates.includes(option)) {
        return [option, { value: interpolate(value, place, context), pointer: place }];
      }
      refuseReferences(value, place, problems);
      return [option, { value, pointer: place }];
    }),
  );
  const checked = checkOptions(backend.schema, valuesOf(replaced), {
    problems,
    owner: `the source "${name}"`,
    pointerOf: ([option, ...rest]) => {
      const place =
        options.get(String(option))?.pointer ?? below(pointer, ...(option === undefined ? [] : [option]));
      return rest.length > 0 ? below(place, ...rest) : place;
    },
  });
  if (checked.value === undefined) return undefined;
  const location = backend.location(checked.value);
  return { kind: 'built-in', name, location, backend, options: checked.value };
}
