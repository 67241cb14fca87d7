import type { KeyErrorCode } from '@magic-hour-keys/core';
import type { VaultSettings } from './options.ts';
import type { RefusalReason, VaultRefusal } from './vault-refusal.ts';

type Hint = (refusal: VaultRefusal, settings: VaultSettings) => string;

const BY_REASON: Readonly<Partial<Record<RefusalReason, Hint>>> = {
  sealed: () => 'Vault is sealed. Unseal it with: vault operator unseal',
  deleted: ({ version }, { path }) =>
    `Version ${version} is deleted. Restore it with: vault kv undelete -versions=${version} ${path}`,
  destroyed: ({ version }, { path }) =>
    `Version ${version} is destroyed. Write a new one with: vault kv put ${path} api_key=-`,
  wrong_engine: () => 'The engine there is KV version 2. Leave `kvVersion` out, or set it to 2.',
  redirected: () =>
    'A standby redirects to another host, and the token was not sent there. Name its origin in `allowedRedirects` (vault status tells the active node), or let `address` name the active node.',
  malformed: () =>
    'Something else than Vault answered. Check `address`, and proxies and balancers on the way.',
  header_required: () =>
    'The agent refuses requests that come through something which drops X-Vault-Request.',
};

const BY_CODE: Readonly<Partial<Record<KeyErrorCode, Hint>>> = {
  not_found: hintNotFound,
  access_denied: hintDenied,
  unauthenticated: hintUnauthenticated,
  invalid_config: hintMount,
  throttled: () =>
    'A rate limit quota of Vault is used up. Lengthen `fresh` in the policy, or raise it: vault read sys/quotas/rate-limit',
  unavailable: hintUnavailable,
};

/** What to do next, by name: the policy, the variable, the command. */
export function hintFor(
  code: KeyErrorCode,
  refusal: VaultRefusal,
  settings: VaultSettings,
): string | undefined {
  const hint = (refusal.reason && BY_REASON[refusal.reason]) ?? BY_CODE[code];
  return hint?.(refusal, settings);
}

function hintNotFound({ reason }: VaultRefusal, { path, segments, version, field }: VaultSettings): string {
  if (reason === 'no_such_mount') {
    return `Nothing is mounted at ${segments[0]}. Correct \`path\` or \`namespace\`; the mounts there are: vault secrets list`;
  }
  if (version !== undefined) return `${path} has no version ${version}. See: vault kv metadata get ${path}`;
  const copied = segments[1] === 'data' ? ' The `data/` of the HTTP API does not belong into it.' : '';
  return `Write it with: vault kv put ${path} ${field ?? 'api_key'}=-, or correct \`path\`.${copied}`;
}

function hintDenied({ path }: VaultRefusal, { segments }: VaultSettings): string {
  const isPreflight = path.startsWith('sys/internal/');
  const [mount, ...name] = segments;
  const wanted = isPreflight ? `${mount}/data/${name.join('/')}` : path;
  const rule = `Give this login a policy with: path "${wanted}" { capabilities = ["read"] }`;
  return isPreflight ? `${rule}. Vault says the same when nothing is mounted at ${mount}.` : rule;
}

/** Of a login method that is not there, Vault 1.21 says no more than "permission denied" (measured). */
function hintUnauthenticated({ status, path }: VaultRefusal, settings: VaultSettings): string {
  const hint = hintLogin(settings);
  const isAmbiguous = status === 403 && /^auth\/.*\/login$/.test(path);
  const mount = path.replace(/\/login$/, '');
  return isAmbiguous ? `${hint}. Vault says the same when no login is enabled at ${mount}.` : hint;
}

function hintLogin({ auth }: VaultSettings): string {
  switch (auth.method) {
    case 'token':
      return `Vault does not know the token, or it has ended. Set a new one in ${nameOf(auth.token) ?? 'VAULT_TOKEN'}; see it with: vault token lookup`;
    case 'token-file':
      return `Vault does not know the token in ${auth.file ?? '~/.vault-token'}, or it has ended. See that whoever writes the file still runs.`;
    case 'approle':
      return `Vault refuses the role id or the secret id. Make a new secret id with: vault write -f auth/${auth.mount ?? 'approle'}/role/NAME/secret-id`;
    case 'kubernetes':
      return `Bind this pod's service account to the role ${auth.role}: vault read auth/${auth.mount ?? 'kubernetes'}/role/${auth.role}`;
    case 'jwt':
      return `Compare the claims of the JWT with the role: vault read auth/${auth.mount ?? 'jwt'}/role/${auth.role ?? 'NAME'}`;
    case 'none':
      return 'Nobody put a valid token on the request. Set `use_auto_auth_token` in the agent, or `auth`.';
  }
}

function nameOf(
  reference: { readonly env: string } | { readonly file: string } | undefined,
): string | undefined {
  if (!reference) return undefined;
  return 'env' in reference ? reference.env : reference.file;
}

function hintMount(_: VaultRefusal, { auth }: VaultSettings): string {
  const mount = 'mount' in auth ? (auth.mount ?? auth.method) : auth.method;
  return `No login is enabled at auth/${mount}. Correct \`auth.mount\` or \`namespace\`; those there are: vault auth list`;
}

function hintUnavailable({ status }: VaultRefusal): string {
  if (status === 412) return 'This replica has not caught up with the last write yet. Try again.';
  if (status === 472 || status === 473)
    return 'This node is a standby. Let `address` name the active cluster.';
  if (status === 501) return 'Vault is not initialized. Do it with: vault operator init';
  return 'Vault failed to answer. See its state with: vault status';
}
