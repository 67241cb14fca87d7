import type { ConfigLocationOptions } from '@magic-hour-keys/config';
import type { CliIo } from './io.ts';

/** The options by which almost every command is told what to read. */
export interface EnvironmentOptions {
  readonly env?: string | undefined;
  readonly config?: string | undefined;
}

/** The same as `@magic-hour-keys/config` has them. */
export function locationOf({ env, config }: EnvironmentOptions, io: CliIo): ConfigLocationOptions {
  return { environment: env, file: config, cwd: io.cwd, env: io.env };
}
