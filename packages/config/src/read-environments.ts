import * as v from 'valibot';
import { checkOptions, pointersBelow } from './check-options.ts';
import { isPlainObject, type PlainObject } from './plain-object.ts';
import { below, type ProblemList } from './problem.ts';

/** Names that can be printed, put into a variable and typed without quotes. */
export const ENVIRONMENT_NAME: RegExp = /^[A-Za-z0-9][A-Za-z0-9._-]{0,47}$/;

/** Each is looked at when it is used or checked, because a mistake in one must not stop another. */
export type Environments = PlainObject;

const rootSchema = v.strictObject({
  $schema: v.optional(v.string()),
  description: v.optional(v.string()),
  environments: v.pipe(
    v.record(v.string(), v.unknown()),
    v.description('One object for each environment, such as "production"'),
  ),
});

/** The member `environments`; undefined where it can't be read. */
export function readEnvironments(document: unknown, problems: ProblemList): Environments | undefined {
  if (!isPlainObject(document)) {
    problems.add('', 'must be an object with the member "environments"');
    return undefined;
  }
  checkOptions(rootSchema, document, { problems, pointerOf: pointersBelow(''), owner: 'the configuration' });
  const pointer = '/environments';
  const environments = document['environments'];
  if (!isPlainObject(environments)) {
    problems.add(pointer, 'must be an object');
    return undefined;
  }
  const names = Object.keys(environments);
  if (names.length === 0) problems.add(pointer, 'must have at least one environment, such as "development"');
  for (const name of names.filter((candidate) => !ENVIRONMENT_NAME.test(candidate))) {
    problems.add(
      below(pointer, name),
      'must have a name of at most 48 letters, digits, dots, dashes and underscores',
    );
  }
  return environments;
}
