import type { KeyErrorCode } from '@magic-hour-keys/core';

/** Names of errors, of Secrets Manager, of STS and of the SDK's login, and what each means here. */
const NAMES: Readonly<Partial<Record<KeyErrorCode, readonly string[]>>> = {
  not_found: ['ResourceNotFoundException'],
  // Also a key of KMS that is disabled: the secret is there, and we may not have it.
  access_denied: [
    'AccessDeniedException',
    'AccessDenied',
    'DecryptionFailure',
    'OptInRequired',
    'RegionDisabledException',
    'UnauthorizedException',
    'ForbiddenException',
  ],
  unauthenticated: [
    'UnrecognizedClientException',
    'InvalidClientTokenId',
    'InvalidAccessKeyId',
    'InvalidSignatureException',
    'SignatureDoesNotMatch',
    'IncompleteSignature',
    'IncompleteSignatureException',
    'MissingAuthenticationToken',
    'MissingAuthenticationTokenException',
    'ExpiredToken',
    'ExpiredTokenException',
    'RequestExpired',
    'NotAuthorized',
    'InvalidIdentityToken',
    'InvalidIdentityTokenException',
    'IDPRejectedClaim',
    'IDPRejectedClaimException',
    'TokenProviderError',
    'InstanceMetadataV1FallbackError',
  ],
  // LimitExceededException is a quota of the account, not of a second; the SDK takes it for throttling all the same.
  invalid_config: [
    'InvalidParameterException',
    'ValidationException',
    'ValidationError',
    'EndpointError',
    'LimitExceededException',
    'MalformedPolicyDocumentException',
    'InvalidAction',
  ],
  throttled: [
    'ThrottlingException',
    'Throttling',
    'ThrottledException',
    'TooManyRequestsException',
    'RequestThrottled',
    'RequestThrottledException',
    'RequestLimitExceeded',
    'ProvisionedThroughputExceededException',
    'BandwidthLimitExceeded',
    'PriorRequestNotComplete',
    'SlowDown',
  ],
  unavailable: [
    'InternalServiceError',
    'InternalServiceErrorException',
    'InternalServerError',
    'InternalFailure',
    'ServiceUnavailable',
    'ServiceUnavailableException',
    'IDPCommunicationError',
    'IDPCommunicationErrorException',
  ],
  timeout: ['TimeoutError', 'RequestTimeout', 'RequestTimeoutException'],
};

/** Codes of Node. A time-out of the SDK has the name TimeoutError also for a connection that was reset. */
const NETWORK: Readonly<Partial<Record<KeyErrorCode, readonly string[]>>> = {
  unavailable: [
    'ECONNREFUSED',
    'ECONNRESET',
    'ECONNABORTED',
    'EHOSTUNREACH',
    'ENETUNREACH',
    'ENETDOWN',
    'ENOTFOUND',
    'EAI_AGAIN',
    'EAI_FAIL',
    'EPIPE',
    'EPROTO',
    'EMFILE',
    'ENFILE',
    'HPE_INVALID_CONSTANT',
  ],
  timeout: ['ETIMEDOUT', 'ESOCKETTIMEDOUT'],
  // A file of a login, such as the token of a pod: the store was not even asked, so it can't have said "not found".
  unauthenticated: ['ENOENT', 'EACCES', 'EPERM', 'EISDIR', 'ENOTDIR'],
};

/** As Node and OpenSSL name what is wrong with a certificate. */
const TLS_FAILURE = /^(?:ERR_TLS_|ERR_SSL_|CERT_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|HOSTNAME_MISMATCH|CRL_)/;

export function codeOfName(name: string | undefined): KeyErrorCode | undefined {
  return lookUp(NAMES, name);
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
