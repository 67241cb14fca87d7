import { randomBytes } from 'node:crypto';
import type { IncomingMessage, RequestListener } from 'node:http';
import { json } from 'node:stream/consumers';
import type { FakeVault } from '@magic-hour-keys/testing/fakes/vault';
import { callJson } from '../live/harness/call-json.ts';

type Body = Readonly<Record<string, unknown>>;

/** What an operator does to a Vault over HTTP, in front of a fake that only its own process can administer. */
type AdminRoute = (vault: FakeVault, names: readonly string[], body: Body) => object | undefined;

const HOUR_SECONDS = 3600;
/** By method, and path below `/v1/`; a star is one segment. */
const ADMIN_ROUTES: Readonly<Record<string, AdminRoute>> = {
  'POST sys/mounts/*': (vault, [mount = ''], { options }) => {
    vault.enableKv(mount, (options as { version: string }).version === '2' ? 2 : 1);
    return undefined;
  },
  'DELETE sys/mounts/*': nothing,
  'POST sys/auth/*': nothing,
  'DELETE sys/auth/*': nothing,
  'POST sys/policies/acl/*': (vault, [name = ''], { policy }) => {
    const [, path = '', capability] = /path "(.+)" .*\["(.+)"\]/.exec(String(policy)) ?? [];
    vault.writePolicy(name, [{ path, capabilities: capability === 'read' ? ['read'] : [] }]);
    return undefined;
  },
  'DELETE sys/policies/acl/*': nothing,
  'POST auth/token/create': (vault, _, { policies }) => ({
    auth: { client_token: vault.createToken({ policies: policies as string[] }) },
  }),
  'POST auth/token/revoke': (vault, _, { token }) => {
    vault.revokeToken(String(token));
    return undefined;
  },
  'POST sys/quotas/rate-limit/*': (vault, [mount = '']) => {
    const headers = { 'retry-after': '60' };
    const which = ({ path }: { path: string }): boolean => path.startsWith(`/v1/${mount}/`);
    vault.fail({ status: 429, headers, json: { errors: ['quota exceeded'] } }, { times: Infinity, which });
    return undefined;
  },
  'DELETE sys/quotas/rate-limit/*': (vault) => {
    vault.heal();
    return undefined;
  },
};

/** A Vault's API as the live suite uses it, to the end. */
export function administer(vault: FakeVault): RequestListener {
  const routes = { ...ADMIN_ROUTES, ...appRoleRoutes() };
  return (request, response) => {
    answer(vault, routes, request).then(
      ({ status, headers = {}, body }) => {
        response.writeHead(status, { ...headers, 'content-type': 'application/json' });
        response.end(body && JSON.stringify(body));
      },
      () => response.destroy(),
    );
  };
}

interface Answer {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly body: object | undefined;
}

async function answer(
  vault: FakeVault,
  routes: Readonly<Record<string, AdminRoute>>,
  request: IncomingMessage,
): Promise<Answer> {
  const { method = 'GET', url = '', headers } = request;
  const hasBody = headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
  const body = hasBody ? ((await json(request)) as Body) : undefined;
  const found = findRoute(routes, `${method} ${url.replace('/v1/', '')}`);
  if (found && headers['x-vault-token'] === vault.rootToken) {
    const result = found.route(vault, found.names, body ?? {});
    return { status: result ? 200 : 204, body: result };
  }
  const token = headers['x-vault-token'];
  const passed = { ...(typeof token === 'string' && { 'x-vault-token': token }) };
  const answered = await callJson({ url: vault.origin + url, method, headers: passed, body });
  const retryAfter = answered.headers['retry-after'];
  return {
    status: answered.status,
    ...(typeof retryAfter === 'string' && { headers: { 'retry-after': retryAfter } }),
    body: answered.json as object | undefined,
  };
}

/** One role for each mount at a time, which is all that the fake knows. */
function appRoleRoutes(): Readonly<Record<string, AdminRoute>> {
  const secretIds: string[] = [];
  return {
    'POST auth/*/role/*': (vault, [mount = ''], { role_id: roleId, token_policies: policies }) => {
      const role = { roleId: String(roleId), secretIds, policies: policies as string[] };
      vault.enableAppRole({ ...role, ttlSeconds: HOUR_SECONDS }, { mount });
      return undefined;
    },
    'POST auth/*/role/*/secret-id': () => {
      const secretId = randomBytes(18).toString('base64url');
      secretIds.push(secretId);
      return { data: { secret_id: secretId } };
    },
    'POST auth/*/role/*/secret-id/destroy': (_vault, _names, { secret_id: secretId }) => {
      secretIds.splice(secretIds.indexOf(String(secretId)), 1);
      return undefined;
    },
    'DELETE auth/*/role/*': nothing,
  };
}

function findRoute(
  routes: Readonly<Record<string, AdminRoute>>,
  call: string,
): { route: AdminRoute; names: readonly string[] } | undefined {
  for (const [pattern, route] of Object.entries(routes)) {
    const found = new RegExp(`^${pattern.replaceAll('*', '([^/]+)')}$`).exec(call);
    if (found) return { route, names: found.slice(1) };
  }
  return undefined;
}

function nothing(): undefined {
  return undefined;
}
