import type { CredentialVariable, ReadPermission, RequiredPackage } from '@magic-hour-keys/core/author';
import type { SecretReference } from '@magic-hour-keys/core/node';
import type { BuiltInBackend } from './builtin-backends.ts';
import type { ConfigLocationOptions } from './config-types.ts';
import { isPlainObject } from './plain-object.ts';
import { planEnvironment } from './plan-environment.ts';
import { linksOf, type PlannedLink } from './plan-source.ts';

/** What is known of a source without making it. Nothing in it is secret. */
export interface KeySourceDescription {
  /** Such as `"aws"`. */
  readonly name: string;
  /** Where it looks; printable, never secret. */
  readonly location: string;
  /** The store's name for people. */
  readonly title: string;
  /** What has to be installed for it; those that only some options need are marked. */
  readonly requires: readonly RequiredPackage[];
  /**
   * The variables that a read looks at for the key or for its login: those that the options name, then those that the
   * store's client looks for by itself.
   */
  readonly credentialVariables: readonly CredentialVariable[];
  /** The npm package of the backend; undefined for a source that was made in code. */
  readonly packageName?: string | undefined;
  /** As the schema took them, with defaults; references where a secret is meant. Empty for a source made in code. */
  readonly options: Readonly<Record<string, unknown>>;
  /** The options that name where a secret is: `{ "env": NAME }` or `{ "file": PATH }`. */
  readonly secretReferences: readonly SecretReference[];
  /** It is read over a network. */
  readonly isRemote: boolean;
  /** The right that a read needs there, and what grants it; undefined where there is none to grant. */
  readonly permission?: ReadPermission | undefined;
}

/**
 * The sources of this environment, as `loadKeySources` orders them, without making them. No variable but those that
 * choose the environment, or stand in the configuration as `${NAME}`, is looked at.
 *
 * @throws KeyError `invalid_config`, as `loadKeyProvider` does.
 */
export function describeKeySources(options: ConfigLocationOptions = {}): readonly KeySourceDescription[] {
  return linksOf(planEnvironment(options).planned).map(describe);
}

function describe(planned: PlannedLink): KeySourceDescription {
  const { name, location } = planned;
  // What a source that was made in code needs is known there alone.
  if (planned.kind === 'given') return { ...NOTHING_KNOWN, name, location, title: name };
  const { backend, options } = planned;
  const { title, packageName, requires, isRemote } = backend;
  const secretReferences = referencesOf(backend, options);
  return {
    name,
    location,
    title,
    packageName,
    requires,
    options: isPlainObject(options) ? options : {},
    secretReferences,
    credentialVariables: [
      ...secretReferences.flatMap((reference) =>
        'env' in reference ? [{ name: reference.env, secret: true }] : [],
      ),
      ...backend.credentialVariables(options),
    ],
    isRemote,
    permission: backend.permission(options),
  };
}

const NOTHING_KNOWN = {
  requires: [],
  credentialVariables: [],
  options: {},
  secretReferences: [],
  isRemote: false,
} as const;

function referencesOf({ secretOptions }: BuiltInBackend, options: unknown): readonly SecretReference[] {
  return secretOptions.flatMap((path): readonly SecretReference[] => {
    const reference = path.split('.').reduce(memberOf, options);
    const [env, file] = [memberOf(reference, 'env'), memberOf(reference, 'file')];
    if (typeof env === 'string') return [{ env }];
    return typeof file === 'string' ? [{ file }] : [];
  });
}

function memberOf(value: unknown, name: string): unknown {
  return isPlainObject(value) ? value[name] : undefined;
}
