import { awsDefinition } from '@magic-hour-keys/aws/definition';
import type { KeySource } from '@magic-hour-keys/core';
import type { BackendDefinition } from '@magic-hour-keys/core/author';
import { envDefinition } from '@magic-hour-keys/env/definition';
import { vaultDefinition } from '@magic-hour-keys/vault/definition';
import type { GenericSchema } from 'valibot';

/** Where a configuration is read from, for the sources that need to know. */
export interface SourcePlace {
  /** Relative paths start here: the folder of the configuration file. */
  readonly cwd: string;
  /** Stands for `process.env`, where the caller gave one. */
  readonly env?: object | undefined;
}

/** What the rest of this package knows of a backend. */
export interface BuiltInBackend {
  readonly name: string;
  readonly packageName: string;
  readonly schema: GenericSchema;
  /** The options that may hold `${NAME}`. Never one that holds a secret, nor one that names a host. */
  readonly interpolates: readonly string[];
  location(options: unknown): string;
  /** Imports the backend; its SDK only comes with the first read. */
  load(): Promise<(options: unknown, place: SourcePlace) => KeySource>;
}

/** One entry for each source that JSON can name. */
export const BUILT_IN_BACKENDS: readonly BuiltInBackend[] = [
  builtIn({
    definition: envDefinition,
    interpolates: ['files'],
    load: async () => (await import('@magic-hour-keys/env')).envKeySource,
    inPlace: (options, place) => ({ ...options, ...place }),
  }),
  builtIn({
    definition: awsDefinition,
    interpolates: ['secretId', 'region', 'stage', 'versionId', 'field'],
    load: async () => (await import('@magic-hour-keys/aws')).awsKeySource,
    inPlace: (options, place) => ({ ...options, ...place }),
  }),
  builtIn({
    definition: vaultDefinition,
    interpolates: ['path', 'field', 'namespace', 'mount', 'caFile'],
    load: async () => (await import('@magic-hour-keys/vault')).vaultKeySource,
    inPlace: (options, place) => ({ ...options, ...place }),
  }),
];

interface BackendEntry<Options> {
  readonly definition: BackendDefinition<Options>;
  readonly interpolates: readonly string[];
  readonly load: () => Promise<(options: Options) => KeySource>;
  /** For backends that read files or variables: the options, with the place they start from. */
  readonly inPlace?: ((options: Options, place: SourcePlace) => Options) | undefined;
}

/** Forgets the type of the options, which have passed the schema of the same definition. */
function builtIn<Options>({
  definition,
  interpolates,
  load,
  inPlace,
}: BackendEntry<Options>): BuiltInBackend {
  return {
    name: definition.name,
    packageName: definition.packageName,
    schema: definition.schema as unknown as GenericSchema,
    interpolates,
    location: (options) => definition.location(options as Options),
    load: async () => {
      const createSource = await load();
      return (options, place) =>
        createSource(inPlace ? inPlace(options as Options, place) : (options as Options));
    },
  };
}
