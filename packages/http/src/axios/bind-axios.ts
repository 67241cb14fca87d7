import type { KeyProvider } from '@magic-hour-keys/core';
import { createAuthorizer } from '../authorizer.ts';
import { invalidOption, type AuthorizerOptions } from '../authorizer-options.ts';
import { createKeyedAdapter, type Adapter, type AxiosConfig } from './keyed-adapter.ts';

/** What is used of `axios` itself and of what `axios.create()` gives. */
export interface AxiosLike {
  readonly defaults: { adapter?: unknown };
  getUri(config?: never): string;
}

export interface AxiosOptions extends AuthorizerOptions {
  /** `axios.getAdapter`: it finds the adapter that is in use now. Instances do not have it. */
  readonly getAdapter: (adapters: never, config?: never) => unknown;
}

/**
 * Puts the key on requests of an axios instance to `https://api.magichour.ai`, and sends a request that got a 401 once
 * more when the store has another key. It wraps the adapter, which comes last: interceptors run once, and no config,
 * response or error shows the key.
 *
 * A request with an `adapter` of its own goes past it, without the key.
 *
 * @returns a function that gives the instance its former adapter back. Requests reject with what axios throws, or with
 * a KeyError when there is no key or the URL may not get it (`origin_not_allowed`).
 * @throws KeyError `invalid_config` for an option that makes no sense; `unsupported` in a browser.
 */
export function bindAxios(provider: KeyProvider, instance: AxiosLike, options: AxiosOptions): () => void {
  const authorizer = createAuthorizer(provider, options);
  const getAdapter: unknown = options?.getAdapter;
  if (typeof getAdapter !== 'function') {
    throw invalidOption('getAdapter', 'axios.getAdapter, of axios 1.16.1 or newer');
  }
  const find = getAdapter as (adapters: unknown, config?: AxiosConfig) => Adapter;
  const { defaults } = instance;
  const former = defaults.adapter;
  const keyed = createKeyedAdapter({
    authorizer,
    adapterFor: (config) => find(former ?? ['http', 'fetch'], config),
    httpAdapter: find('http'),
    urlOf: (config) => instance.getUri(config as never),
  });
  defaults.adapter = keyed;

  return () => {
    // Another one that was put over ours since, such as a mock, stays.
    if (defaults.adapter === keyed) defaults.adapter = former;
  };
}
