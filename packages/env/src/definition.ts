import type { BackendDefinition } from '@magic-hour-keys/core/author';
import * as v from 'valibot';
import {
  DEFAULT_FILES,
  DEFAULT_VARIABLE,
  describeLocation,
  VARIABLE_NAME,
  type EnvOptions,
} from './options.ts';

/** The manifest of this backend: validation, JSON Schema, the table in the README, `mhk doctor`. No I/O. */
export const envDefinition: BackendDefinition<EnvOptions> = {
  name: 'env',
  title: 'Environment and .env files',
  packageName: '@magic-hour-keys/env',
  schema: v.strictObject({
    variable: v.optional(
      v.pipe(
        v.string(),
        v.regex(VARIABLE_NAME),
        v.description('The variable that holds the key, in the environment and in the files.'),
      ),
      DEFAULT_VARIABLE,
    ),
    files: v.optional(
      v.pipe(
        v.array(v.pipe(v.string(), v.nonEmpty())),
        v.description(
          'Files in .env format, asked in this order after the environment. A missing one is skipped.',
        ),
      ),
      () => [...DEFAULT_FILES],
    ),
    strict: v.optional(
      v.pipe(
        v.boolean(),
        v.description('Refuse a key file that every user of the machine may read, instead of a warning.'),
      ),
      false,
    ),
  }),
  location: describeLocation,
  requires: [],
  capabilities: {
    versions: false,
    sequence: false,
    previous: false,
    watch: false,
    permissions: false,
    remote: false,
  },
  secretOptions: [],
  credentialVariables: ({ variable = DEFAULT_VARIABLE }) => [
    { name: variable, secret: true },
    { name: `${variable}_FILE`, secret: false },
  ],
  interpolates: ['files'],
};
