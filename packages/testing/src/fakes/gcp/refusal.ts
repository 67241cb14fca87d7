/** google.rpc.Code, by number. */
export const STATUS_NAMES = [
  'OK',
  'CANCELLED',
  'UNKNOWN',
  'INVALID_ARGUMENT',
  'DEADLINE_EXCEEDED',
  'NOT_FOUND',
  'ALREADY_EXISTS',
  'PERMISSION_DENIED',
  'RESOURCE_EXHAUSTED',
  'FAILED_PRECONDITION',
  'ABORTED',
  'OUT_OF_RANGE',
  'UNIMPLEMENTED',
  'INTERNAL',
  'UNAVAILABLE',
  'DATA_LOSS',
  'UNAUTHENTICATED',
] as const;
export type GcpStatus = (typeof STATUS_NAMES)[number];

/** As google.rpc.Code is mapped to HTTP (google/rpc/code.proto). */
const HTTP_STATUSES: readonly number[] = [
  200, 499, 500, 400, 504, 404, 409, 403, 429, 400, 409, 400, 501, 500, 503, 500, 401,
];

/** An error as Google sends it, over gRPC and over REST. */
export interface GcpRefusal {
  readonly status: GcpStatus;
  readonly message: string;
  /** Of google.rpc.ErrorInfo. */
  readonly reason?: string | undefined;
  /** Of google.rpc.RetryInfo. */
  readonly retryDelaySeconds?: number | undefined;
}

/** To be thrown. */
export function refusal(status: GcpStatus, message: string, reason?: string): Error & GcpRefusal {
  return Object.assign(new Error(message), { status, reason });
}

export function isRefusal(error: unknown): error is GcpRefusal {
  return typeof error === 'object' && error !== null && 'status' in error && 'message' in error;
}

export function numberOf(status: GcpStatus): number {
  return STATUS_NAMES.indexOf(status);
}

export function httpStatusOf(status: GcpStatus): number {
  return HTTP_STATUSES[numberOf(status)] ?? 500;
}
