/**
 * The address of a vault: https, and http on loopback alone, for emulators. Neither userinfo nor path, because the
 * SDK takes a path for granted.
 */
export const VAULT_URL: RegExp =
  /^(?:https:\/\/[\w.-]+|https:\/\/\[[\da-fA-F:]+\]|http:\/\/(?:localhost|127(?:\.\d{1,3}){3}|\[::1\]))(?::\d{1,5})?\/?$/;

/** https alone: the credential is sent there. */
export const AUTHORITY_HOST: RegExp = /^https:\/\/[\w.-]+(?::\d{1,5})?\/?$/;

/** Key Vault's own rules for names and versions. The SDK would let `..` pass. */
export const SECRET_NAME: RegExp = /^[0-9A-Za-z-]{1,127}$/;
export const SECRET_VERSION: RegExp = /^[0-9a-fA-F]{32}$/;

export const API_VERSION: RegExp = /^(?:7\.\d|\d{4}-\d\d-\d\d(?:-preview)?)$/;

/** Where the vaults of a sovereign cloud log in, by the suffix of their DNS names. */
const AUTHORITIES: readonly (readonly [suffix: string, authorityHost: string])[] = [
  ['.vault.azure.cn', 'https://login.chinacloudapi.cn'],
  ['.vault.usgovcloudapi.net', 'https://login.microsoftonline.us'],
];

/** Undefined for the public cloud, which is what the SDK takes by itself, and for vaults of unknown clouds. */
export function authorityOf(vaultUrl: string): string | undefined {
  const { hostname } = new URL(vaultUrl);
  return AUTHORITIES.find(([suffix]) => hostname.endsWith(suffix))?.[1];
}

/** Of the public cloud, or of a sovereign one. */
export function isPublicAuthority(authorityHost: string): boolean {
  return /(?:^|\.)(?:microsoftonline\.(?:com|us)|windows\.net|chinacloudapi\.cn)$/.test(
    new URL(authorityHost).hostname,
  );
}
