import type { AuthorizerOptions } from '../authorizer-options.ts';

export interface UndiciOptions extends AuthorizerOptions {
  /**
   * Where the dispatcher connects to, such as `https://api.magichour.ai`. A `Client` or a `Pool` of undici 6 and 7
   * needs it, because they do not tell; an `Agent` does not.
   */
  readonly origin?: string | undefined;
}
