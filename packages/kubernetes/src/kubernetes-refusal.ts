import { member, parseJson, textMember } from './member.ts';

/** Reasons of the API server that mean something here, and those that were found out here. */
export type RefusalReason =
  | 'NotFound'
  | 'Forbidden'
  | 'Unauthorized'
  | 'TooManyRequests'
  | 'Timeout'
  | 'ServerTimeout'
  | 'ServiceUnavailable'
  | 'InternalError'
  | 'Expired'
  | 'Gone'
  | 'BadRequest'
  | 'Invalid'
  | 'MethodNotAllowed'
  | 'NotAcceptable'
  /** Nobody has logged in: such a request is judged as one of `system:anonymous`. */
  | 'Anonymous'
  /** Not what an API server says. */
  | 'Malformed'
  | 'Redirected';

/** An answer that is not the one that was asked for. It holds no text of the server, and no header of the request. */
export interface KubernetesRefusal extends Error {
  readonly status: number;
  readonly reason: RefusalReason | undefined;
  readonly retryAfterMs: number | undefined;
  /** By which the request is found in the audit log. */
  readonly requestId: string | undefined;
  /** Who was refused, such as `"app:worker"`, where it is a service account. */
  readonly serviceAccount: string | undefined;
}

export interface Refusal {
  readonly status: number;
  /** The text of the answer, of which only the meaning is kept. */
  readonly body?: string | undefined;
  readonly reason?: RefusalReason | undefined;
  readonly retryAfterMs?: number | undefined;
  readonly requestId?: string | undefined;
}

const BRAND = Symbol.for('magic-hour-keys.kubernetes-refusal');

const REASONS: ReadonlySet<string> = new Set<RefusalReason>([
  'NotFound',
  'Forbidden',
  'Unauthorized',
  'TooManyRequests',
  'Timeout',
  'ServerTimeout',
  'ServiceUnavailable',
  'InternalError',
  'Expired',
  'Gone',
  'BadRequest',
  'Invalid',
  'MethodNotAllowed',
  'NotAcceptable',
]);
/** Names that the API server allows, so that no text of another kind gets through. */
const SERVICE_ACCOUNT = / User "system:serviceaccount:([a-z0-9][a-z0-9-]{0,62}:[a-z0-9][a-z0-9.-]{0,62})"/;
const AUDIT_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export function createRefusal({
  status,
  body = '',
  reason,
  retryAfterMs,
  requestId,
}: Refusal): KubernetesRefusal {
  const answer = parseJson(body);
  const isStatus = member(answer, 'kind') === 'Status';
  const message = (isStatus && textMember(answer, 'message')) || '';
  const error = Object.assign(new Error(`the API server answered with ${status}`), {
    name: 'KubernetesRefusal',
    status,
    reason:
      reason ?? reasonOf(status, isStatus ? textMember(answer, 'reason') : undefined, isStatus, message),
    retryAfterMs,
    requestId: requestId !== undefined && AUDIT_ID.test(requestId) ? requestId : undefined,
    serviceAccount: SERVICE_ACCOUNT.exec(message)?.[1],
  });
  Object.defineProperty(error, BRAND, { value: true });
  return error;
}

export function isRefusal(error: unknown): error is KubernetesRefusal {
  return typeof error === 'object' && error !== null && BRAND in error;
}

function reasonOf(
  status: number,
  told: string | undefined,
  isStatus: boolean,
  message: string,
): RefusalReason | undefined {
  if (status === 403 && message.includes('"system:anonymous"')) return 'Anonymous';
  if (told !== undefined && REASONS.has(told)) return told as RefusalReason;
  if (status >= 300 && status < 400) return 'Redirected';
  // A page of something else on the way is no proof that the Secret is missing, or that we may not have it. A balancer
  // that is full or has nobody behind it says so in its own words.
  const isOfAnother = !isStatus && (status < 300 || status === 403 || status === 404);
  return isOfAnother ? 'Malformed' : undefined;
}
