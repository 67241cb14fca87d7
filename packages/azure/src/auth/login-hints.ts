import type { KeyErrorCode } from '@magic-hour-keys/core';
import type { AzureSettings } from '../options.ts';
import type { AzureAuth } from './auth-options.ts';
import type { LoginFailure } from './login-failure.ts';

/** learn.microsoft.com/entra/identity-platform/reference-error-codes, as far as a service meets them. */
const BY_ENTRA_CODE: Readonly<Record<string, string>> = {
  AADSTS7000215:
    'The client secret is wrong. Use the value of the secret, not its id; make a new one with: az ad app credential reset --id CLIENT_ID --append',
  AADSTS7000222:
    'The client secret has expired. Make a new one with: az ad app credential reset --id CLIENT_ID --append',
  AADSTS700016: 'There is no such application in this tenant. Check the client id and the tenant id.',
  AADSTS90002: 'There is no such tenant. Check the tenant id, and `authorityHost` for a sovereign cloud.',
  AADSTS900023: 'There is no such tenant. Check the tenant id, and `authorityHost` for a sovereign cloud.',
  AADSTS700027: 'The application does not know this certificate. Add it to the app registration.',
  AADSTS70021: 'Add a federated credential with this issuer, subject and audience to the application.',
  AADSTS700211: 'Add a federated credential with this issuer to the application.',
  AADSTS700213: 'Add a federated credential with this subject to the application.',
  AADSTS700024:
    'The token in the file has expired. Let whoever writes it renew it, or set the clock of this machine.',
  AADSTS7000112: 'The application is disabled. Enable its service principal in this tenant.',
  AADSTS500011: 'The vault is in another cloud than the login. Check `vaultUrl` and `authorityHost`.',
};

const BY_METHOD: Readonly<Record<AzureAuth['method'], string>> = {
  default:
    'No Azure credentials were found. Set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET, or give an identity to where this runs, or run az login, or set the option `auth`.',
  'managed-identity':
    'Assign a managed identity to where this runs; of one that is user-assigned, give `auth.clientId`.',
  'workload-identity':
    'Set `auth.tenantId`, `auth.clientId` and `auth.tokenFile`, or AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_FEDERATED_TOKEN_FILE; on AKS, label the pod azure.workload.identity/use: "true".',
  'client-secret': 'Check `auth.tenantId`, `auth.clientId` and what `auth.clientSecret` names.',
  'client-certificate':
    'Check `auth.tenantId`, `auth.clientId` and what `auth.certificate` names: a certificate with its private key, in PEM.',
  'azure-cli': 'Run: az login',
  environment:
    'Set AZURE_TENANT_ID, AZURE_CLIENT_ID, and AZURE_CLIENT_SECRET or AZURE_CLIENT_CERTIFICATE_PATH.',
};

/** For what is not the credential's fault. */
const BY_CODE: Readonly<Partial<Record<KeyErrorCode, (who: string) => string>>> = {
  throttled: (who) =>
    `${who} is asked too often. A token is kept for as long as it lives: look for processes that start again and again.`,
  timeout: hintUnreachable,
  unavailable: hintUnreachable,
  invalid_config: (who) =>
    `${who} has a certificate that is not trusted, or an address that can't be meant. Check \`authorityHost\` and \`caFile\`.`,
};

export function hintForLogin(code: KeyErrorCode, failure: LoginFailure, settings: AzureSettings): string {
  const { trouble, entraCode } = failure;
  const who =
    trouble?.isLocal === true ? 'The service of this machine that gives out identities' : 'The authority';
  const passing = BY_CODE[code]?.(who);
  if (passing !== undefined) return passing;
  if (settings.credential)
    return 'The credential gave no token. See why with: await credential.getToken(scope)';
  if (entraCode === undefined) return BY_METHOD[settings.auth.method];
  // By that number, everybody else's answers are found.
  return `${entraCode}: ${BY_ENTRA_CODE[entraCode] ?? BY_METHOD[settings.auth.method]}`;
}

function hintUnreachable(who: string): string {
  return `${who} failed to answer, or could not be reached. Check \`authorityHost\`, proxies, and status.azure.com.`;
}
