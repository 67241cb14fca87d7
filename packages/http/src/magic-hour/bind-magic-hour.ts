import type { KeyProvider } from '@magic-hour-keys/core';
import { createAuthorizer } from '../authorizer.ts';
import type { AuthorizerOptions } from '../authorizer-options.ts';
import { createKeyedRequest } from './keyed-request.ts';
import { findCore, type SdkCore } from './sdk-core.ts';

/**
 * Puts the key on the requests of a client of the package `magic-hour`, and sends a request that got a 401 once more
 * when the store has another key: `create`, `get`, the looks of `generate` and `checkResult`, and the request for
 * upload URLs. Uploads and downloads themselves go to signed URLs, without the key.
 *
 * A `token` of the client's own is not used any more. Redirects are not followed: they reject with the SDK's error.
 *
 * @returns a function that makes the client as it was. Calls reject with what the SDK throws, or with a KeyError when
 * there is no key or the URL may not get it (`origin_not_allowed`).
 * @throws KeyError `unsupported` for a version of the SDK that is built otherwise, and in a browser; `invalid_config`
 * for an option that makes no sense, and for what is no client.
 */
export function bindMagicHour(
  provider: KeyProvider,
  client: object,
  options: AuthorizerOptions = {},
): () => void {
  const authorizer = createAuthorizer(provider, options);
  const core = findCore(client);
  const keyed = createKeyedRequest(core, authorizer);
  const restoreBuild = replaceMember(core, 'buildRequestInit', keyed.buildRequestInit);
  const restoreRequest = replaceMember(core, 'request', keyed.request);
  return () => {
    restoreRequest();
    restoreBuild();
  };
}

/** @returns what puts the former one back, unless another one was put over ours since. */
function replaceMember<Name extends 'request' | 'buildRequestInit'>(
  core: SdkCore,
  name: Name,
  ours: SdkCore[Name],
): () => void {
  const own = Object.getOwnPropertyDescriptor(core, name);
  // As little to be seen where a client is printed as the method of its class.
  Object.defineProperty(core, name, { value: ours, configurable: true, writable: true });
  return () => {
    if (core[name] !== ours) return;
    if (own) Object.defineProperty(core, name, own);
    else delete (core as Partial<SdkCore>)[name];
  };
}
