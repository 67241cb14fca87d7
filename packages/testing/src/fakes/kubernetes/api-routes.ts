import type { RecordedRequest } from '../../request-log.ts';
import { forbid, isAllowed } from './access-rules.ts';
import { parseCall, type ApiCall } from './api-call.ts';
import { changeObject, parseObject } from './change-object.ts';
import { serviceAccount, type Identity } from './identities.ts';
import type { KubernetesState } from './kubernetes-state.ts';
import { discover } from './resources.ts';
import {
  NO_SUCH_PATH,
  notFound,
  success,
  UNAUTHORIZED,
  UNKNOWN_FORMAT,
  type KubernetesAnswer,
} from './status-answers.ts';

/** A stream that the server writes to for as long as it is open. */
export interface OpenWatch {
  readonly watch: ApiCall;
}

/** The server's answer to one request, in the order in which the real one decides. */
export function answerKubernetes(
  request: RecordedRequest,
  identity: Identity | undefined,
  state: KubernetesState,
): KubernetesAnswer | OpenWatch {
  if (!identity) return UNAUTHORIZED;
  const { pathname } = new URL(request.path, 'http://kubernetes');
  const discovered = request.method === 'GET' ? discover(pathname) : undefined;
  if (discovered !== undefined) return success(discovered);
  const call = parseCall(request);
  if (!call) return NO_SUCH_PATH;
  if (!isAllowed(state.store, identity, call)) return forbid(identity, call);
  if (call.subresource !== undefined) return answerSubresource(call, request.body, state);
  if (call.verb === 'watch') return { watch: call };
  if (call.verb === 'get') return getObject(call, state);
  if (call.verb === 'list') return listObjects(call, state);
  return changeObject(state.store, {
    call,
    contentType: String(request.headers['content-type'] ?? ''),
    body: request.body,
    manager: String(request.headers['user-agent'] ?? 'unknown').split('/')[0] ?? 'unknown',
  });
}

function getObject(
  { resource, namespace, name = '' }: ApiCall,
  { store }: KubernetesState,
): KubernetesAnswer {
  const found = store.get(resource.plural, namespace, name);
  return found ? success(found) : notFound({ name, kind: resource.plural });
}

function listObjects(
  { resource, namespace, selectedName }: ApiCall,
  { store }: KubernetesState,
): KubernetesAnswer {
  const items = store
    .list(resource.plural, namespace)
    .filter(({ metadata }) => selectedName === undefined || metadata.name === selectedName);
  const metadata = { resourceVersion: store.resourceVersion };
  return success({ kind: `${resource.kind}List`, apiVersion: 'v1', metadata, items });
}

/** TokenRequest: a token of a service account that ends. */
function answerSubresource(
  { resource, namespace = '', name = '', subresource, verb }: ApiCall,
  body: string,
  { store, identities }: KubernetesState,
): KubernetesAnswer {
  if (resource.plural !== 'serviceaccounts' || subresource !== 'token' || verb !== 'create')
    return NO_SUCH_PATH;
  const request = parseObject(body);
  if (!request) return UNKNOWN_FORMAT;
  if (!store.get('serviceaccounts', namespace, name)) return notFound({ name, kind: 'serviceaccounts' });
  const { spec = {} } = request as { spec?: { expirationSeconds?: number } };
  const { expirationSeconds = 3600 } = spec;
  const { token, endsMs } = identities.issue(serviceAccount(namespace, name), expirationSeconds);
  const expirationTimestamp = new Date(endsMs).toISOString();
  return success(
    {
      kind: 'TokenRequest',
      apiVersion: 'authentication.k8s.io/v1',
      metadata: { name, namespace },
      spec: { expirationSeconds },
      status: { token, expirationTimestamp },
    },
    201,
  );
}
