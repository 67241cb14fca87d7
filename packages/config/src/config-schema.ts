import * as v from 'valibot';
import { BUILT_IN_BACKENDS, type BuiltInBackend } from './builtin-backends.ts';
import { policySchema } from './policy.ts';
import { ENVIRONMENT_NAME } from './read-environments.ts';

// The whole file as one schema, for editors: `schema.json` is generated from it. Loading uses its parts one by one,
// because a union can only say that none of its members fits.

type Entries = Record<string, v.GenericSchema>;

const parentName = describe(v.string(), 'Another environment, which this one changes.');
const forPeople = v.optional(describe(v.string(), 'For people.'));
const commonEntries: Entries = {
  policy: v.optional(policySchema),
  extends: v.optional(parentName),
  description: forPeople,
};
const builtInNames = BUILT_IN_BACKENDS.map(({ name }) => name);

/** A source that the application passes in code; nothing but its name is known here. */
const givenName = describe(
  v.pipe(v.string(), v.regex(new RegExp(`^(?!(?:${builtInNames.join('|')})$)`))),
  'The name of a source that the application passes as `sources`.',
);

const linkSchema = v.union([
  describe(v.picklist(builtInNames), 'A source with its defaults.'),
  givenName,
  ...BUILT_IN_BACKENDS.map((backend) =>
    v.strictObject({ source: sourceName(backend), ...optionsOf(backend) }),
  ),
  v.strictObject({ source: givenName }),
]);

const environmentSchema = v.union([
  ...BUILT_IN_BACKENDS.map((backend) =>
    v.strictObject({ source: sourceName(backend), ...optionsOf(backend), ...commonEntries }),
  ),
  ...BUILT_IN_BACKENDS.map((backend) =>
    v.strictObject({
      source: v.optional(sourceName(backend)),
      ...allOptional(optionsOf(backend)),
      ...commonEntries,
      extends: parentName,
    }),
  ),
  v.strictObject({
    firstFound: describe(
      v.pipe(v.array(linkSchema), v.minLength(1)),
      'Sources in the order in which they are asked. The first that has a key answers.',
    ),
    ...commonEntries,
  }),
  v.strictObject({ source: givenName, ...commonEntries }),
]);

export const configSchema: v.GenericSchema = v.strictObject({
  $schema: v.optional(describe(v.string(), 'The place of this schema, for editors.')),
  description: forPeople,
  environments: describe(
    v.record(v.pipe(v.string(), v.regex(ENVIRONMENT_NAME)), environmentSchema),
    'One object for each environment, such as "production".',
  ),
});

/** Parts that stand in many places, each written once. */
export const sharedSchemas: Readonly<Record<string, v.GenericSchema>> = {
  policy: policySchema,
  ...Object.fromEntries(BUILT_IN_BACKENDS.flatMap(largeOptionsOf)),
};

/** Options that are objects themselves, such as `auth`. */
function largeOptionsOf(backend: BuiltInBackend): [name: string, schema: v.GenericSchema][] {
  return Object.entries(optionsOf(backend)).flatMap(([option, entry]) => {
    const schema = withoutOptional(entry);
    return schema.type === 'variant' ? [[`${backend.name}-${option}`, schema]] : [];
  });
}

function sourceName({ name }: BuiltInBackend): v.GenericSchema {
  return describe(v.literal(name), 'Where the key is kept.');
}

function optionsOf({ name, schema }: BuiltInBackend): Entries {
  const { entries } = schema as { entries?: Entries };
  if (!entries) throw new TypeError(`the options of ${name} are not an object schema`);
  return entries;
}

/** What an environment does not say itself, it has from the one that it extends. */
function allOptional(entries: Entries): Entries {
  return Object.fromEntries(
    Object.entries(entries).map(([name, entry]) => [name, v.optional(withoutOptional(entry))]),
  );
}

function withoutOptional(entry: v.GenericSchema): v.GenericSchema {
  return (entry as { wrapped?: v.GenericSchema }).wrapped ?? entry;
}

function describe(schema: v.GenericSchema, text: string): v.GenericSchema {
  return v.pipe(schema, v.description(text));
}
