import type { KeyErrorCode, KeyFailure } from '@magic-hour-keys/core';
import { codeFromStatus } from '@magic-hour-keys/core/author';
import { hintFor } from './hints.ts';
import { isRefusal, type KubernetesRefusal, type RefusalReason } from './kubernetes-refusal.ts';
import { member } from './member.ts';
import type { KubernetesSettings } from './options.ts';

const BY_REASON: Readonly<Record<RefusalReason, KeyErrorCode>> = {
  NotFound: 'not_found',
  Forbidden: 'access_denied',
  Unauthorized: 'unauthenticated',
  Anonymous: 'unauthenticated',
  TooManyRequests: 'throttled',
  Timeout: 'unavailable',
  ServerTimeout: 'unavailable',
  ServiceUnavailable: 'unavailable',
  InternalError: 'unavailable',
  Expired: 'unavailable',
  Gone: 'unavailable',
  BadRequest: 'invalid_config',
  Invalid: 'invalid_config',
  MethodNotAllowed: 'invalid_config',
  NotAcceptable: 'invalid_config',
  Malformed: 'unavailable',
  Redirected: 'unavailable',
};

/** A raw error of a read as a code and what to do next; undefined for what is none of the API server's. */
export function classifyRefusal(error: unknown, settings: KubernetesSettings): KeyFailure | undefined {
  if (!isRefusal(error)) return networkFailure(error);
  const { status, retryAfterMs, requestId, reason } = error;
  const code = codeOf(error);
  return {
    code,
    hint: hintFor(code, error, settings),
    retryAfterMs,
    upstream: { name: reason, status, requestId },
  };
}

function codeOf({ reason, status }: KubernetesRefusal): KeyErrorCode {
  return reason === undefined ? codeFromStatus(status) : BY_REASON[reason];
}

/**
 * A client that was handed in has its own transport; of its error nothing but the system's code is told. client-node 1
 * has it on the error, client-node 2 on its cause.
 */
function networkFailure(error: unknown): KeyFailure | undefined {
  const code = member(error, 'code') ?? member(member(error, 'cause'), 'code');
  if (typeof code !== 'string' || !/^(E[A-Z_]{3,30}|UND_ERR_[A-Z_]{3,40})$/.test(code)) return undefined;
  return {
    code: /TIMEOUT|TIMEDOUT/.test(code) ? 'timeout' : 'unavailable',
    hint: 'Check that the API server can be reached from here by the client that was given.',
    upstream: { name: code },
  };
}
