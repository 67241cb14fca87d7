import { awsDefinition } from '@magic-hour-keys/aws/definition';
import { azureDefinition } from '@magic-hour-keys/azure/definition';
import type { KeySource } from '@magic-hour-keys/core';
import type {
  BackendDefinition,
  CredentialVariable,
  ReadPermission,
  RequiredPackage,
} from '@magic-hour-keys/core/author';
import { envDefinition } from '@magic-hour-keys/env/definition';
import { gcpDefinition } from '@magic-hour-keys/gcp/definition';
import { kubernetesDefinition } from '@magic-hour-keys/kubernetes/definition';
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
  readonly title: string;
  readonly packageName: string;
  readonly requires: readonly RequiredPackage[];
  readonly schema: GenericSchema;
  /** The options that may hold `${NAME}`. Never one that holds a secret, nor one that names a host. */
  readonly interpolates: readonly string[];
  /** Paths of the options that take `{ "env": NAME }`, such as `"auth.token"`. */
  readonly secretOptions: readonly string[];
  credentialVariables(options: unknown): readonly CredentialVariable[];
  /** Whether it is read over a network, unless an option says otherwise. */
  readonly isRemote: boolean;
  permission(options: unknown): ReadPermission | undefined;
  location(options: unknown): string;
  /** Imports the backend; its SDK only comes with the first read. */
  load(): Promise<(options: unknown, place: SourcePlace) => KeySource>;
}

/** One line for each source that JSON can name. */
export const BUILT_IN_BACKENDS: readonly BuiltInBackend[] = [
  builtIn(envDefinition, async () => (await import('@magic-hour-keys/env')).envKeySource),
  builtIn(awsDefinition, async () => (await import('@magic-hour-keys/aws')).awsKeySource),
  builtIn(azureDefinition, async () => (await import('@magic-hour-keys/azure')).azureKeySource),
  builtIn(gcpDefinition, async () => (await import('@magic-hour-keys/gcp')).gcpKeySource),
  builtIn(vaultDefinition, async () => (await import('@magic-hour-keys/vault')).vaultKeySource),
  builtIn(
    kubernetesDefinition,
    async () => (await import('@magic-hour-keys/kubernetes')).kubernetesKeySource,
  ),
];

/** Forgets the type of the options, which have passed the schema of the same definition. */
function builtIn<Options extends object>(
  definition: BackendDefinition<Options>,
  load: () => Promise<(options: Options & SourcePlace) => KeySource>,
): BuiltInBackend {
  return {
    name: definition.name,
    title: definition.title,
    packageName: definition.packageName,
    requires: definition.requires,
    schema: definition.schema as unknown as GenericSchema,
    interpolates: definition.interpolates ?? [],
    secretOptions: definition.secretOptions,
    credentialVariables: (options) => definition.credentialVariables?.(options as Options) ?? [],
    isRemote: definition.capabilities.remote,
    permission: (options) => definition.permission?.(options as Options),
    location: (options) => definition.location(options as Options),
    load: async () => {
      const createSource = await load();
      return (options, place) => createSource({ ...(options as Options), ...place });
    },
  };
}
