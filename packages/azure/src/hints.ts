import type { KeyErrorCode } from '@magic-hour-keys/core';
import type { AzureErrorFacts } from './classify.ts';
import { isTlsFailure } from './error-codes.ts';
import type { AzureSettings } from './options.ts';

const HINT_NOT_REACHED =
  'Check that the vault can be reached from here: network, private endpoint, `vaultUrl`.';

type Hint = (facts: AzureErrorFacts, settings: AzureSettings) => string;

const HINTS: Readonly<Partial<Record<KeyErrorCode, Hint>>> = {
  not_found: hintNotFound,
  disabled: (_, settings) => hintDisabled(settings),
  access_denied: hintDenied,
  unauthenticated: hintRefused,
  invalid_config: hintConfig,
  throttled: () =>
    'A vault answers 4,000 reads of secrets in 10 seconds: lengthen `fresh` in the policy, or give this secret a vault of its own.',
  unavailable: hintUnavailable,
  timeout: () => HINT_NOT_REACHED,
};

export const HINT_NOT_KEY_VAULT =
  'Something between here and Key Vault answered in its place. Check `vaultUrl` and proxies.';

export function hintDisabled({ location }: AzureSettings): string {
  return `Enable it with: az keyvault secret set-attributes --id ${location} --enabled true`;
}

/** What to do next, by name: the permission, the role, the command. */
export function hintFor(
  code: KeyErrorCode,
  facts: AzureErrorFacts,
  settings: AzureSettings,
): string | undefined {
  return HINTS[code]?.(facts, settings);
}

function hintNotFound(_: AzureErrorFacts, { name, version, vaultUrl }: AzureSettings): string {
  if (version !== undefined)
    return `Check \`version\` with: az keyvault secret list-versions --id ${vaultUrl}/secrets/${name}`;
  return `Create ${name} in ${vaultUrl}, or correct \`name\` and \`vaultUrl\`. One that was deleted comes back with: az keyvault secret recover --id ${vaultUrl}/deletedsecrets/${name}`;
}

function hintDenied({ innerCode }: AzureErrorFacts, { location }: AzureSettings): string {
  if (innerCode === 'ForbiddenByFirewall') {
    return 'The firewall of the vault does not let this address in. Allow it under Networking, or use a private endpoint.';
  }
  if (innerCode === 'ForbiddenByPolicy' || innerCode === 'AccessDenied') {
    return 'Allow secrets/get to this identity in the access policies of the vault: az keyvault set-policy --secret-permissions get';
  }
  return `Assign the role "Key Vault Secrets User" on ${location} to this identity (secrets/get where the vault has access policies). A new assignment takes up to ten minutes.`;
}

function hintRefused({ text }: AzureErrorFacts): string {
  if (/AKV100(?:32|33|34|46)|issuer/i.test(text)) {
    return 'The vault belongs to another tenant than the identity. Check `auth.tenantId` and `vaultUrl`.';
  }
  return 'The vault does not accept the token. Check that identity and vault are of the same tenant and cloud.';
}

function hintConfig({ text, code }: AzureErrorFacts, { vaultUrl, name }: AzureSettings): string {
  if (text.startsWith('The challenge')) {
    return `The vault asks for a token that is not for ${vaultUrl}, so none was sent. Correct \`vaultUrl\`; only for an emulator or a private name that you trust, set \`disableChallengeResourceVerification: true\`.`;
  }
  return `Key Vault refuses the request itself${code === undefined ? '' : ` (${code})`}. Check \`name\` (${name}) and \`version\`, and \`apiVersion\` for an emulator or a private cloud.`;
}

function hintUnavailable({ code, status, name }: AzureErrorFacts): string {
  if (isTlsFailure(code)) {
    return 'The certificate of the vault was not accepted. Name your own CA in `caFile` or NODE_EXTRA_CA_CERTS, or check `vaultUrl`.';
  }
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    return 'The host was not found. Check `vaultUrl`, the DNS here, and the private endpoint of the vault.';
  }
  const isOther = name === 'TypeError' || code === 'PARSE_ERROR' || (status !== undefined && status < 500);
  if (isOther) return HINT_NOT_KEY_VAULT;
  if (status === undefined) return HINT_NOT_REACHED;
  return 'Key Vault failed to answer; see status.azure.com if it goes on.';
}
