import { didYouMean } from './did-you-mean.ts';
import { isPlainObject, type PlainObject } from './plain-object.ts';
import { below, type ProblemList } from './problem.ts';
import { listNames } from './show-name.ts';

/** One environment as it was written: the words of the configuration apart from the options of the source. */
export interface EnvironmentLayer {
  readonly pointer: string;
  readonly source?: string | undefined;
  readonly firstFound?: readonly unknown[] | undefined;
  readonly policy: PlainObject;
  readonly options: PlainObject;
}

/** The environment and those that it extends, the furthest first; undefined where it can't be read. */
export function readLayers(
  environments: PlainObject,
  name: string,
  problems: ProblemList,
): readonly EnvironmentLayer[] | undefined {
  const layers: EnvironmentLayer[] = [];
  const seen = new Set<string>();
  for (let next: string | undefined = name; next !== undefined;) {
    seen.add(next);
    const pointer = below('/environments', next);
    const entry = environments[next];
    if (!isPlainObject(entry)) {
      problems.add(pointer, 'must be an object');
      return undefined;
    }
    layers.unshift(readLayer(entry, pointer, problems));
    next = readExtends(entry, { pointer: below(pointer, 'extends'), environments, seen, problems });
  }
  return layers;
}

function readLayer(entry: PlainObject, pointer: string, problems: ProblemList): EnvironmentLayer {
  const { source, firstFound, policy, extends: _parent, description, ...options } = entry;
  const expect = (isGood: boolean, name: string, expectation: string): void => {
    if (!isGood) problems.add(below(pointer, name), `must be ${expectation}`);
  };
  expect(source === undefined || typeof source === 'string', 'source', 'the name of a source, such as "env"');
  expect(firstFound === undefined || isFilledList(firstFound), 'firstFound', 'a list of one or more sources');
  expect(policy === undefined || isPlainObject(policy), 'policy', 'an object, such as { "fresh": "10m" }');
  expect(description === undefined || typeof description === 'string', 'description', 'text');
  if (source !== undefined && firstFound !== undefined) {
    problems.add(pointer, 'has both "source" and "firstFound"; keep one of them');
  }
  return {
    pointer,
    source: typeof source === 'string' ? source : undefined,
    firstFound: isFilledList(firstFound) ? firstFound : undefined,
    policy: isPlainObject(policy) ? policy : {},
    options,
  };
}

function readExtends(
  entry: PlainObject,
  context: { pointer: string; environments: PlainObject; seen: ReadonlySet<string>; problems: ProblemList },
): string | undefined {
  const { pointer, environments, seen, problems } = context;
  const parent = entry['extends'];
  if (parent === undefined) return undefined;
  const names = Object.keys(environments);
  if (typeof parent !== 'string') {
    problems.add(pointer, 'must be the name of another environment');
  } else if (seen.has(parent)) {
    problems.add(pointer, 'leads back to this environment; end the circle');
  } else if (!names.includes(parent)) {
    problems.add(pointer, `must be one of ${listNames(names, 'or')}.${didYouMean(parent, names)}`);
  } else {
    return parent;
  }
  return undefined;
}

function isFilledList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value) && value.length > 0;
}
