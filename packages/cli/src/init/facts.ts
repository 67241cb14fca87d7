import type { IgnoreStyle } from '../project/ignore-rules.ts';
import type { PackageManager } from './install-command.ts';

/** What was found around here. Of variables and of files that may hold secrets, nothing but that they are there. */
export interface Facts {
  /** Absolute: where the configuration is, or where it belongs. */
  readonly configFile: string;
  /** Undefined where there is none yet. */
  readonly existing: ExistingConfig | undefined;
  /** The names of those that are set to something. */
  readonly variables: ReadonlySet<string>;
  /** Those that were looked for, as they are shown: `cdk.json`, `~/.aws/config`. */
  readonly files: ReadonlySet<string>;
  /** Of package.json, of every kind. */
  readonly dependencies: ReadonlySet<string>;
  readonly isGoogleMachine: boolean;
  /** Undefined where there is no package.json. */
  readonly packages: PackageFacts | undefined;
  /** The value of `$schema`; undefined where there will be no such file. */
  readonly schema: string | undefined;
  readonly ignoreFiles: readonly IgnoreFileFacts[];
  /** Files for a developer's key that git keeps already. */
  readonly trackedEnvFiles: readonly string[];
}

export interface ExistingConfig {
  readonly text: string;
  /** In the order of the file. */
  readonly environments: readonly string[];
}

export interface PackageFacts {
  readonly manager: PackageManager;
  /** The folder of the package is the root of a pnpm workspace. */
  readonly isPnpmRoot: boolean;
}

/** A file that keeps `.env` out of git, or out of images. */
export interface IgnoreFileFacts {
  readonly path: string;
  readonly style: IgnoreStyle;
  /** Undefined where it is not there yet. */
  readonly text: string | undefined;
  /** Of the names that a developer's key goes by, those that nothing keeps out yet. */
  readonly missing: readonly string[];
}
