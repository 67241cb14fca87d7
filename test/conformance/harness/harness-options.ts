import type { SourceHarness } from '@magic-hour-keys/testing/conformance';

export interface HarnessOptions {
  /** The secret to log in with, such as a client secret or a token. Default: a random one. */
  readonly credential?: string | undefined;
}

/** A store that a JSON config can name as well. */
export interface ConfigurableHarness extends SourceHarness {
  /** What stands under the name of the environment. */
  readonly block: object;
  /** The variables that it needs. */
  readonly variables: Readonly<Record<string, string>>;
}

/** The same source in JSON. */
export function inConfig(
  source: string,
  options: Readonly<Record<string, unknown>> & { readonly env?: Readonly<Record<string, string>> },
): Pick<ConfigurableHarness, 'block' | 'variables'> {
  const { env = {}, ...block } = options;
  return { block: { source, ...block }, variables: env };
}
