import type { AwsOptions } from '@magic-hour-keys/aws';
import type { AzureOptions } from '@magic-hour-keys/azure';
import type { KeyProviderOptions, KeySource } from '@magic-hour-keys/core';
import type { EnvOptions } from '@magic-hour-keys/env';
import type { GcpOptions } from '@magic-hour-keys/gcp';
import type { KubernetesOptions } from '@magic-hour-keys/kubernetes';
import type { VaultOptions } from '@magic-hour-keys/vault';
import type { PolicyConfig } from './policy.ts';

/** What every environment may have, whatever its source. */
interface EnvironmentCommon {
  readonly policy?: PolicyConfig | undefined;
  /** Another environment, which this one changes. */
  readonly extends?: string | undefined;
  /** For people. */
  readonly description?: string | undefined;
}

/** One member for each source that JSON can name, with its options. */
interface BuiltInOptions {
  readonly aws: Omit<AwsOptions, 'client' | 'env' | 'cwd'>;
  readonly azure: Omit<AzureOptions, 'client' | 'credential' | 'env' | 'cwd'>;
  readonly gcp: Omit<GcpOptions, 'client' | 'authClient' | 'env' | 'cwd'>;
  readonly kubernetes: Omit<KubernetesOptions, 'client' | 'kubeConfig' | 'env' | 'cwd' | 'runtime'>;
  readonly vault: Omit<VaultOptions, 'client' | 'env' | 'cwd' | 'runtime'>;
  readonly env: Pick<EnvOptions, 'variable' | 'files' | 'strict'>;
}

type BuiltInSource = {
  [Name in keyof BuiltInOptions]: { readonly source: Name } & BuiltInOptions[Name];
}[keyof BuiltInOptions];

/** Said of every option of every source, because a union would otherwise take them anywhere. */
type NoOptions = {
  readonly [Name in keyof BuiltInOptions as keyof BuiltInOptions[Name]]?: undefined;
};

/** A source that the application passes as `sources: { name: source }`. It has its options already. */
interface GivenSource<Name extends string> {
  readonly source: Name;
}

/** One source of a chain: its name alone, or with options. */
export type LinkConfig<Name extends string = never> =
  | keyof BuiltInOptions
  | Name
  | BuiltInSource
  | GivenSource<Name>;

/** An environment: one source, a chain of sources, or another environment with changes. */
export type EnvironmentConfig<Name extends string = never> = EnvironmentCommon &
  (
    | BuiltInSource
    | GivenSource<Name>
    | ({ readonly firstFound: readonly LinkConfig<Name>[]; readonly source?: undefined } & NoOptions)
    | ({ readonly extends: string; readonly source?: undefined } & Partial<
        BuiltInOptions[keyof BuiltInOptions]
      >)
  );

/**
 * The content of `magic-hour-keys.json`.
 *
 * @typeParam Name the names of the sources that the application passes as `sources`
 */
export interface MagicHourKeysConfig<Name extends string = never> {
  /** The place of the JSON schema, for editors. */
  readonly $schema?: string | undefined;
  /** For people. */
  readonly description?: string | undefined;
  /** One for each name, such as `"production"`. */
  readonly environments: Readonly<Record<string, EnvironmentConfig<Name>>>;
}

/** Where the configuration is, and which part of it is meant. */
export interface ConfigLocationOptions {
  /** The name of the environment. Default: MAGIC_HOUR_ENV, else NODE_ENV where it names one, else `development`. */
  readonly environment?: string | undefined;
  /** The configuration file. Default: MAGIC_HOUR_KEYS_CONFIG, else the nearest `magic-hour-keys.json`. */
  readonly file?: string | URL | undefined;
  /** The configuration itself, instead of a file; see `defineConfig`. */
  readonly config?: unknown;
  /** Sources made in code, under the names by which the configuration calls them. */
  readonly sources?: Readonly<Record<string, KeySource>> | undefined;
  /** Where the search for the file begins, and where relative paths start if there is none. Default: the working directory. */
  readonly cwd?: string | undefined;
  /** Stands for `process.env`, also for the sources that read variables. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
}

/** The policy is not here: it belongs to the environment, in the configuration. */
export interface LoadKeyProviderOptions
  extends ConfigLocationOptions, Pick<KeyProviderOptions, 'onEvent' | 'onRawError' | 'runtime'> {}
