import type { RecordedRequest } from '../../request-log.ts';
import { parseSignature } from './signature.ts';

/** A request as the services of AWS understand it. It may hold secrets, so do not print it. */
export interface FakeAwsRequest {
  readonly service: 'secretsmanager' | 'sts' | 'container' | 'instance' | 'unknown';
  /** Such as `"GetSecretValue"` or `"AssumeRole"`; `"credentials"` and `"token"` of the metadata services. */
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
  /** Of the signature. */
  readonly accessKeyId: string | undefined;
  /** Of the signature. */
  readonly region: string | undefined;
  /** What the SDK says of its own retries, such as `"attempt=1; max=1"`. */
  readonly attempt: string | undefined;
  readonly userAgent: string | undefined;
  /** Undefined until it is answered, and for ever when it was cut instead. */
  readonly status: number | undefined;
}

export const CONTAINER_PATH = '/container-credentials';
export const INSTANCE_PATH = '/latest/meta-data/iam/security-credentials/';
export const INSTANCE_TOKEN_PATH = '/latest/api/token';

export function describeRequest(request: RecordedRequest): FakeAwsRequest {
  const signature = parseSignature(request.authorization);
  return {
    ...route(request),
    accessKeyId: signature?.accessKeyId,
    region: signature?.region,
    attempt: header(request, 'amz-sdk-request'),
    userAgent: header(request, 'user-agent'),
    status: request.status,
  };
}

function route(request: RecordedRequest): Pick<FakeAwsRequest, 'service' | 'operation' | 'input'> {
  const target = /^secretsmanager\.(\w+)$/.exec(header(request, 'x-amz-target') ?? '')?.[1];
  if (target !== undefined) {
    return { service: 'secretsmanager', operation: target, input: parseJson(request.body) };
  }
  if (request.path === CONTAINER_PATH) return { service: 'container', operation: 'credentials', input: {} };
  if (request.path === INSTANCE_TOKEN_PATH) return { service: 'instance', operation: 'token', input: {} };
  if (request.path.startsWith(INSTANCE_PATH)) {
    const operation = request.path === INSTANCE_PATH ? 'role' : 'credentials';
    return { service: 'instance', operation, input: {} };
  }
  const form = new URLSearchParams(request.body);
  const action = form.get('Action');
  if (action !== null) return { service: 'sts', operation: action, input: Object.fromEntries(form) };
  return { service: 'unknown', operation: '', input: {} };
}

function parseJson(text: string): Readonly<Record<string, unknown>> {
  try {
    return { ...(JSON.parse(text) as object | null) };
  } catch {
    return {};
  }
}

function header(request: RecordedRequest, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === 'string' ? value : undefined;
}
