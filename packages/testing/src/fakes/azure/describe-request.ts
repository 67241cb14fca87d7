import type { RecordedRequest } from '../../request-log.ts';
import { authorityOperation } from './authority.ts';
import { parseVaultCall } from './vault-routes.ts';

export type AzureService = 'vault' | 'authority' | 'metadata';

/** A request as the services of Azure understand it. It may hold secrets, so do not print it. */
export interface FakeAzureRequest {
  readonly service: AzureService;
  /** Such as `"GetSecret"` or `"token"`; `"metadata"` of the metadata service. */
  readonly operation: string;
  readonly method: string;
  readonly path: string;
  readonly body: string;
  /** Of the header; undefined for the first request of a client, which only asks for the challenge. */
  readonly token: string | undefined;
  /** Undefined until it is answered, and for ever when it was cut instead. */
  readonly status: number | undefined;
}

export function describeRequest(service: AzureService, request: RecordedRequest): FakeAzureRequest {
  const { method, path, body, status, authorization } = request;
  return {
    service,
    operation: operationOf(service, request),
    method,
    path,
    body,
    token: /^Bearer (.+)$/.exec(authorization ?? '')?.[1],
    status,
  };
}

function operationOf(service: AzureService, request: RecordedRequest): string {
  if (service === 'vault') return parseVaultCall(request)?.operation ?? '';
  return service === 'metadata' ? 'metadata' : authorityOperation(request);
}
