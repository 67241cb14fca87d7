// What valibot keeps in a schema. Its members are read as they are, because the definitions' type is Standard Schema,
// which tells nothing of them.

export type Entries = Readonly<Record<string, unknown>>;

export function member(holder: unknown, name: string): unknown {
  return typeof holder === 'object' && holder !== null ? Reflect.get(holder, name) : undefined;
}

/** Standard Schema 1: a value, or issues. */
export function validate(schema: unknown, options: unknown): { value?: unknown; issues?: unknown } {
  const standard = member(schema, '~standard') as { validate(value: unknown): object };
  const verdict = standard.validate(options);
  const issues = member(verdict, 'issues');
  return issues === undefined ? { value: member(verdict, 'value') } : { issues };
}

/** The options by name. */
export function entriesOf(schema: unknown): Entries {
  return { ...(member(schema, 'entries') as Entries | undefined) };
}

/** The members of each variant of `auth`; none where the backend does not log in. */
export function loginsOf(entries: Entries): readonly Entries[] {
  const variants = member(unwrap(entries['auth']), 'options');
  return Array.isArray(variants) ? variants.map(entriesOf) : [];
}

export function descriptionOf(name: string, entry: unknown): string {
  const pipe = member(unwrap(entry), 'pipe');
  const steps: readonly unknown[] = Array.isArray(pipe) ? pipe : [];
  const step = steps.find((candidate) => member(candidate, 'type') === 'description');
  const description = member(step, 'description');
  if (typeof description !== 'string') throw new Error(`the option ${name} has no description`);
  return description;
}

/** `optional` stands around what it makes optional. */
function unwrap(schema: unknown): unknown {
  return member(schema, 'wrapped') ?? schema;
}
