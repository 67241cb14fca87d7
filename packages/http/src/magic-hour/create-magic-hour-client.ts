import { KeyError, type KeyProvider } from '@magic-hour-keys/core';
import type { AuthorizerOptions } from '../authorizer-options.ts';
import { bindMagicHour } from './bind-magic-hour.ts';

/** The class `Client` of the package `magic-hour`. */
export type MagicHourClass<Client extends object, ClientOptions extends object> = new (
  options?: ClientOptions,
) => Client;

/** The options of the SDK's own client without its key, and those of `bindMagicHour`. */
export type MagicHourClientOptions<ClientOptions extends object> = Omit<
  ClientOptions,
  'token' | keyof AuthorizerOptions
> &
  AuthorizerOptions;

/**
 * A new client of the package `magic-hour` with the key of the provider, as `bindMagicHour` would make it.
 *
 * @param Client the SDK's class, or what `import Client from 'magic-hour'` gives in an ES module: the SDK is CommonJS,
 * and there its class is the member `default`.
 * @throws KeyError as `bindMagicHour` does; `invalid_config` also for a `token` or an `apiKey`.
 */
export function createMagicHourClient<Client extends object, ClientOptions extends object>(
  provider: KeyProvider,
  Client: MagicHourClass<Client, ClientOptions> | { readonly default: MagicHourClass<Client, ClientOptions> },
  options?: MagicHourClientOptions<ClientOptions>,
): Client {
  const MagicHourClient = findClass(Client) as MagicHourClass<Client, object>;
  refuseKeys(options ?? {});
  const { allowedOrigins, allowInsecureLoopback, foreignOrigin, replay, onEvent, ...clientOptions } =
    options ?? ({} as AuthorizerOptions);
  const client = new MagicHourClient(clientOptions);
  bindMagicHour(provider, client, { allowedOrigins, allowInsecureLoopback, foreignOrigin, replay, onEvent });
  return client;
}

/** `import * as sdk` in an ES module leads there in two steps. */
function findClass(given: unknown): unknown {
  const inner = (given as { default?: unknown } | undefined)?.default;
  const innermost = (inner as { default?: unknown } | undefined)?.default;
  const found = [given, inner, innermost].find((each) => typeof each === 'function');
  if (found) return found;
  throw new KeyError({
    code: 'invalid_config',
    message: 'what was given is not the class of the Magic Hour SDK',
    hint: "Pass what `import Client from 'magic-hour'` gives.",
  });
}

const KEY_OPTIONS: Readonly<Record<string, string>> = {
  token: 'Leave token out: the key comes from the provider.',
  apiKey: 'Leave apiKey out: the key comes from the provider, and the SDK knows no option of that name.',
};

function refuseKeys(options: object): void {
  for (const [name, hint] of Object.entries(KEY_OPTIONS)) {
    if ((options as Readonly<Record<string, unknown>>)[name] === undefined) continue;
    const message = `the option ${name} is not for a client that gets its key from a provider`;
    throw new KeyError({ code: 'invalid_config', message, hint });
  }
}
