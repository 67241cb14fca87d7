import type { KeyErrorCode } from '@magic-hour-keys/core';

/** Codes of Key Vault that say more than the status, and what each means here. */
const CODES: Readonly<Partial<Record<KeyErrorCode, readonly string[]>>> = {
  disabled: ['SecretDisabled'],
  access_denied: ['ForbiddenByRbac', 'ForbiddenByPolicy', 'ForbiddenByFirewall', 'AccessDenied'],
  not_found: ['SecretNotFound'],
  invalid_config: ['BadParameter'],
  throttled: ['Throttled'],
};

/** Codes of Node, of a client that was handed in: ours has the network of core. */
const NETWORK: Readonly<Partial<Record<KeyErrorCode, readonly string[]>>> = {
  unavailable: [
    'ECONNREFUSED',
    'ECONNRESET',
    'ECONNABORTED',
    'EHOSTUNREACH',
    'ENETUNREACH',
    'ENOTFOUND',
    'EAI_AGAIN',
    'EPIPE',
    'EPROTO',
    // What the SDK has for a network that failed, and for a success that is no JSON.
    'REQUEST_SEND_ERROR',
    'PARSE_ERROR',
  ],
  timeout: ['ETIMEDOUT', 'ESOCKETTIMEDOUT'],
};

/** As Node and OpenSSL name what is wrong with a certificate. */
const TLS_FAILURE = /^(?:ERR_TLS_|ERR_SSL_|CERT_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|HOSTNAME_MISMATCH|CRL_)/;

export function codeOfVault(code: string | undefined): KeyErrorCode | undefined {
  return lookUp(CODES, code);
}

export function codeOfNetwork(code: string | undefined): KeyErrorCode | undefined {
  return isTlsFailure(code) ? 'unavailable' : lookUp(NETWORK, code);
}

export function isTlsFailure(code: string | undefined): boolean {
  return code !== undefined && TLS_FAILURE.test(code);
}

function lookUp(
  table: Readonly<Partial<Record<KeyErrorCode, readonly string[]>>>,
  name: string | undefined,
): KeyErrorCode | undefined {
  if (name === undefined) return undefined;
  return (Object.keys(table) as KeyErrorCode[]).find((code) => table[code]?.includes(name));
}
