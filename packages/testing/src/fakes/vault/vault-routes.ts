import type { RecordedRequest } from '../../request-log.ts';
import { answerKv } from './kv-routes.ts';
import { answerTokenRoute, grantedToken } from './token-routes.ts';
import type { TokenEntry } from './token-store.ts';
import {
  envelope,
  INVALID_TOKEN,
  noHandler,
  PERMISSION_DENIED,
  refuse,
  type VaultAnswer,
} from './vault-answer.ts';
import { isAllowed, reaches, type Capability } from './vault-policies.ts';
import { findMount, rulesOf, type VaultNamespace, type VaultState } from './vault-state.ts';

interface Call {
  readonly method: string;
  /** Below `/v1/`, decoded segment by segment. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: Readonly<Record<string, unknown>>;
  readonly namespace: string;
}

const MOUNT_INFO = 'sys/internal/ui/mounts/';

/** The server's answer to one request, in the order in which the real one decides. */
export function answerVault(request: RecordedRequest, state: VaultState): VaultAnswer {
  const call = parseCall(request);
  if (!call) return refuse(400, 'failed to parse JSON input: invalid character');
  if (call.path === 'sys/health') return answerHealth(state);
  if (state.agent?.requiresRequestHeader && request.headers['x-vault-request'] !== 'true') {
    return refuse(412, "missing 'X-Vault-Request' header");
  }
  if (state.isSealed) return refuse(503, 'Vault is sealed');
  if (state.standby) {
    const { status, activeOrigin } = state.standby;
    return { status, headers: { location: `${activeOrigin}${request.path}` } };
  }
  const namespace = state.namespaces.get(call.namespace);
  if (!namespace) return noHandler(call.path);
  const login = /^auth\/(.+)\/login$/.exec(call.path)?.[1];
  if (login !== undefined && call.method !== 'GET') return answerLogin(state, namespace, login, call);
  return answerWithToken(request, call, state, namespace);
}

function answerWithToken(
  request: RecordedRequest,
  call: Call,
  state: VaultState,
  namespace: VaultNamespace,
): VaultAnswer {
  const header = request.headers['x-vault-token'];
  const token = typeof header === 'string' ? header : state.agent?.token;
  if (token === undefined) return PERMISSION_DENIED;
  const entry = state.tokens.use(token);
  const isRoot = entry?.policies.includes('root') === true;
  if (!entry || (!isRoot && entry.namespace !== call.namespace)) {
    return state.namesInvalidTokens ? INVALID_TOKEN : PERMISSION_DENIED;
  }
  if (call.path.startsWith(MOUNT_INFO)) return answerMountInfo(namespace, entry, call);
  if (!isRoot && !isAllowed(rulesOf(namespace, entry), call.path, capabilityFor(call)))
    return PERMISSION_DENIED;
  const own = answerTokenRoute(state, `${call.method} ${call.path}`, entry, call.body);
  if (own) return own;
  const mount = findMount(namespace, call.path);
  return mount ? answerKv(mount.store, { ...call, path: mount.rest }) : noHandler(call.path);
}

function answerLogin(state: VaultState, namespace: VaultNamespace, mount: string, call: Call): VaultAnswer {
  const login = namespace.logins.get(mount);
  // As Vault 1.21 does; it does not tell strangers what there is.
  if (!login) return refuse(403, 'permission denied');
  const verdict = login(call.body);
  if ('status' in verdict) return verdict;
  const entry = state.tokens.create(verdict, call.namespace);
  return grantedToken(entry, state.tokens.secondsLeft(entry));
}

/** Which mount a path belongs to, and of which version it is. A mount that is not there is a 403 as well. */
function answerMountInfo(namespace: VaultNamespace, entry: TokenEntry, { path }: Call): VaultAnswer {
  const wanted = path.slice(MOUNT_INFO.length);
  const mount = findMount(namespace, wanted);
  const isRoot = entry.policies.includes('root');
  if (!mount || (!isRoot && !reaches(rulesOf(namespace, entry), `${mount.path}/`))) {
    return refuse(
      403,
      `preflight capability check returned 403, please ensure client's policies grant access to path "${wanted}/"`,
    );
  }
  const { engine } = mount.store;
  return envelope({ data: { path: `${mount.path}/`, type: 'kv', options: { version: `${engine}` } } });
}

function answerHealth({ isSealed, standby }: VaultState): VaultAnswer {
  const status = isSealed ? 503 : standby ? 429 : 200;
  return {
    status,
    json: { initialized: true, sealed: isSealed, standby: standby !== undefined, version: '1.19.0' },
  };
}

function capabilityFor({ method, query }: Call): Capability {
  if (method === 'GET') return query.has('list') ? 'list' : 'read';
  if (method === 'DELETE') return 'delete';
  return method === 'PATCH' ? 'patch' : 'update';
}

function parseCall({ method, path: target, headers, body }: RecordedRequest): Call | undefined {
  const url = new URL(target, 'http://vault');
  const namespace = headers['x-vault-namespace'];
  try {
    return {
      method,
      path: decodeURIComponent(url.pathname.replace(/^\/v1\//, '')),
      query: url.searchParams,
      body: body === '' ? {} : (JSON.parse(body) as Record<string, unknown>),
      namespace: (typeof namespace === 'string' ? namespace : '').replaceAll(/^\/+|\/+$/g, ''),
    };
  } catch {
    return undefined;
  }
}
