import * as v from 'valibot';
import { didYouMean } from './did-you-mean.ts';
import { below, type ProblemList } from './problem.ts';
import { listNames } from './show-name.ts';

/** The parts of a valibot schema that are looked at here. */
interface SchemaNode {
  readonly type: string;
  readonly entries?: Readonly<Record<string, SchemaNode>>;
  readonly wrapped?: SchemaNode;
  readonly item?: SchemaNode;
  readonly options?: readonly unknown[];
  /** Of a variant: the member that tells which option is meant. */
  readonly key?: string;
  readonly literal?: unknown;
}

/** Words of the configuration itself that stand where an option was expected, with what to do instead. */
const RESERVED_NAMES: Readonly<Record<string, string>> = {
  source: 'stands beside the options of an environment, and nowhere else',
  firstFound: 'stands in an environment, and chains do not nest',
  policy: 'stands in an environment, beside "source" or "firstFound"',
  extends: 'stands in an environment, beside "source" or "firstFound"',
  keys: 'is reserved for several named keys, which this version does not have; use one configuration for each key',
  via: 'is reserved and has no meaning yet',
  $schema: 'stands at the top of the file',
  description: 'stands at the top of the file, or in an environment',
};

export interface CheckedOptions {
  /** The options with the defaults of the schema; undefined where something is wrong. */
  readonly value: unknown;
}

/**
 * Checks a value against a valibot schema and tells all problems at once. The texts are built from the schema alone:
 * valibot's own messages print the value that was received.
 *
 * @param pointerOf where an option was written, for those that came from another environment
 * @param owner what the options belong to, such as `the source "env"`
 */
export function checkOptions(
  schema: v.GenericSchema,
  value: unknown,
  { problems, pointerOf, owner }: { problems: ProblemList; pointerOf: PointerOf; owner: string },
): CheckedOptions {
  const before = problems.all.length;
  tellUnknownNames(schema, value, [], (path, message) => problems.add(pointerOf(path), message), owner);
  const result = v.safeParse(schema, value);
  for (const issue of result.issues ?? []) {
    const path = issue.path?.map((item) => item.key as string | number) ?? [];
    if (isUnknownName(issue)) continue;
    problems.add(pointerOf(path), describeIssue(issue, findField(schema, path, value)));
  }
  return { value: result.success && problems.all.length === before ? result.output : undefined };
}

export type PointerOf = (path: readonly (string | number)[]) => string;

/** The usual case: everything was written in one place. */
export function pointersBelow(pointer: string): PointerOf {
  return (path) => (path.length === 0 ? pointer : below(pointer, ...path));
}

function isUnknownName(issue: v.BaseIssue<unknown>): boolean {
  return issue.type === 'strict_object' && issue.expected === 'never';
}

/** valibot stops at the first unknown name, and takes a list for an object. */
function tellUnknownNames(
  schema: SchemaNode,
  value: unknown,
  path: readonly (string | number)[],
  tell: (path: readonly (string | number)[], message: string) => void,
  owner: string,
): void {
  const node = unwrap(schema, value);
  if (node.item && Array.isArray(value)) {
    for (const [index, item] of value.entries()) {
      tellUnknownNames(node.item, item, [...path, index], tell, owner);
    }
  }
  const { entries, key } = node;
  if (Array.isArray(value) && (entries || key !== undefined)) tell(path, 'must be an object, not a list');
  if (!entries || typeof value !== 'object' || value === null || Array.isArray(value)) return;
  for (const [name, member] of Object.entries(value as Record<string, unknown>)) {
    const entry = Object.hasOwn(entries, name) ? entries[name] : undefined;
    if (entry) tellUnknownNames(entry, member, [...path, name], tell, owner);
    else tell([...path, name], describeUnknownName(name, Object.keys(entries), owner, path));
  }
}

function describeUnknownName(
  name: string,
  known: readonly string[],
  owner: string,
  path: readonly (string | number)[],
): string {
  const reserved = Object.hasOwn(RESERVED_NAMES, name) ? RESERVED_NAMES[name] : undefined;
  if (reserved !== undefined && path.length === 0) return reserved;
  const place = path.length === 0 ? owner : `"${path.join('.')}" of ${owner}`;
  return `is not an option of ${place}, which takes ${listNames(known)}.${didYouMean(name, known)}`;
}

function describeIssue(issue: v.BaseIssue<unknown>, field: SchemaNode | undefined): string {
  const description = field && v.getDescription(field as unknown as v.GenericSchema);
  const about = description === undefined ? '' : ` (${description.replace(/\.$/, '')})`;
  if (issue.type === 'strict_object' && issue.path?.at(-1)?.origin === 'key') return `is missing${about}`;
  return `must be ${expectationOf(issue, field)}${about}`;
}

const EXPECTATIONS: Readonly<Record<string, string>> = {
  string: 'text',
  boolean: 'true or false',
  number: 'a number',
  array: 'a list',
  object: 'an object',
  strict_object: 'an object',
  record: 'an object',
  variant: 'an object',
  non_empty: 'not empty',
};

/** What the author of the schema wrote for people; else what valibot says it expects, which names no value. */
function expectationOf(issue: v.BaseIssue<unknown>, field: SchemaNode | undefined): string {
  const { expectation } = field
    ? (v.getMetadata(field as unknown as v.GenericSchema) as { expectation?: unknown })
    : {};
  if (typeof expectation === 'string') return expectation;
  if (issue.type === 'regex') return `text that matches ${String(issue.requirement)}`;
  const isWrongDiscriminator = issue.type === 'variant' && issue.expected !== 'Object';
  const known = isWrongDiscriminator ? undefined : EXPECTATIONS[issue.type];
  return known ?? issue.expected?.replaceAll('|', 'or') ?? 'something else';
}

function findField(
  schema: SchemaNode,
  path: readonly (string | number)[],
  value: unknown,
): SchemaNode | undefined {
  let node: SchemaNode | undefined = schema;
  let current = value;
  for (const step of path) {
    const holder: SchemaNode = unwrap(node, current);
    node =
      holder.item ??
      (holder.entries && Object.hasOwn(holder.entries, step) ? holder.entries[step] : undefined);
    if (!node) return undefined;
    current = typeof current === 'object' && current !== null ? Reflect.get(current, step) : undefined;
  }
  return node && unwrapOptional(node);
}

/** The schema that applies: inside of `optional`, and of a variant the option that the value names. */
function unwrap(schema: SchemaNode, value: unknown): SchemaNode {
  const node = unwrapOptional(schema);
  const { key, options } = node;
  if (key === undefined || typeof value !== 'object' || value === null) return node;
  const chosen = (options as readonly SchemaNode[] | undefined)?.find(
    (option) => option.entries?.[key]?.literal === Reflect.get(value, key),
  );
  return chosen ?? node;
}

function unwrapOptional(schema: SchemaNode): SchemaNode {
  return schema.wrapped ? unwrapOptional(schema.wrapped) : schema;
}
