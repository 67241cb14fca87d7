import type { AuthorizerOptions } from '@magic-hour-keys/http';

/** The options that let a server of this machine be the API. */
export function allowLoopback(
  ...origins: string[]
): Pick<AuthorizerOptions, 'allowedOrigins' | 'allowInsecureLoopback'> {
  return { allowedOrigins: origins, allowInsecureLoopback: true };
}
