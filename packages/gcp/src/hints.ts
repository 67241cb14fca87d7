import type { KeyErrorCode } from '@magic-hour-keys/core';
import { impersonated } from './auth/auth-options.ts';
import { isImpersonation } from './classify.ts';
import type { GcpErrorFacts } from './error-facts.ts';
import type { GcpSettings } from './options.ts';

export const HINT_NOT_GOOGLE =
  'Something between here and Google answered in its place. Check `endpoint`, `transport` and proxies.';

type Hint = (facts: GcpErrorFacts, settings: GcpSettings) => string;

const HINTS: Readonly<Partial<Record<KeyErrorCode, Hint>>> = {
  not_found: hintNotFound,
  disabled: hintDisabled,
  access_denied: hintDenied,
  unauthenticated: hintLogin,
  invalid_config: hintConfig,
  throttled: () =>
    'Secret Manager answers 90,000 accesses a minute in one project: lengthen `fresh` in the policy, or raise the quota.',
  unavailable: hintUnavailable,
  timeout: () =>
    'Check that Secret Manager can be reached from here: network, Private Google Access, `endpoint`; `transport` "rest" where HTTP/2 is not let through.',
};

/** What to do next, by name: the role, the variable, the command. */
export function hintFor(code: KeyErrorCode, facts: GcpErrorFacts, settings: GcpSettings): string | undefined {
  return HINTS[code]?.(facts, settings);
}

/** The options that name the secret, for the command line of gcloud. */
function flags({ secretName, project, region }: GcpSettings): string {
  const place = [project && ` --project=${project}`, region && ` --location=${region}`]
    .filter(Boolean)
    .join('');
  return `${secretName}${place}`;
}

function hintNotFound(_: GcpErrorFacts, settings: GcpSettings): string {
  const { secretName, version, region } = settings;
  const regional = region === undefined ? ' A regional secret needs `location`.' : '';
  return `Create ${secretName} with a version ${version}, or correct \`project\`, \`secret\` and \`version\`. See what there is with: gcloud secrets versions list ${flags(settings)}.${regional}`;
}

function hintDisabled({ text }: GcpErrorFacts, settings: GcpSettings): string {
  const { secretName, version } = settings;
  if (/destroyed/i.test(text)) {
    return `Version ${version} of ${secretName} is destroyed. Store a new one with: gcloud secrets versions add ${flags(settings)} --data-file=-`;
  }
  return `Version ${version} of ${secretName} is disabled, and Google does not fall back to an older one. Enable it with: gcloud secrets versions enable ${version} --secret=${flags(settings)}`;
}

function hintDenied({ isLogin, reason, text }: GcpErrorFacts, settings: GcpSettings): string {
  const { auth, secretName, project = 'PROJECT' } = settings;
  if (isLogin && isImpersonation(text)) {
    return `Grant roles/iam.serviceAccountTokenCreator on ${impersonated(auth) ?? 'the service account'} to the identity of this login, and enable iamcredentials.googleapis.com.`;
  }
  if (reason === 'SERVICE_DISABLED') {
    return `Enable the API with: gcloud services enable secretmanager.googleapis.com --project=${project}`;
  }
  if (reason === 'BILLING_DISABLED') return `Link the project ${project} to a billing account.`;
  if (reason === 'ACCESS_TOKEN_SCOPE_INSUFFICIENT') {
    return 'Give this machine the scope cloud-platform: gcloud compute instances set-service-account INSTANCE --scopes=cloud-platform';
  }
  if (/\bkms\b|cryptokey/i.test(text)) {
    return `See that the KMS key of ${secretName} is enabled, and that the service agent of Secret Manager has roles/cloudkms.cryptoKeyEncrypterDecrypter on it.`;
  }
  return `Grant roles/secretmanager.secretAccessor on the secret ${secretName} to this identity. Google says the same where there is no such secret, so check \`project\` and \`secret\` too.`;
}

function hintLogin({ isLogin, status }: GcpErrorFacts, { auth }: GcpSettings): string {
  if (!isLogin) {
    return 'Google does not accept this login, or it has expired. See who you are with: gcloud auth list; log in with: gcloud auth application-default login';
  }
  switch (auth.method) {
    case 'default':
      return status === undefined
        ? 'No credentials for Google were found. Run: gcloud auth application-default login; or name a file in GOOGLE_APPLICATION_CREDENTIALS; or attach a service account to where this runs; or set the option `auth`.'
        : 'Google refused the credentials that were found. Run: gcloud auth application-default login; or renew the file that GOOGLE_APPLICATION_CREDENTIALS names.';
    case 'metadata':
      return 'Attach a service account to this machine, pod or function; on GKE, bind the Kubernetes service account to one.';
    case 'workload-identity':
      return `Check ${auth.credentialFile}, the token that it names, and the attribute condition of the workload identity pool.`;
    case 'service-account':
      return 'Check that the key which `auth.key` names is whole, and that neither it nor its service account is disabled.';
    case 'none':
      return 'Set the option `auth`.';
  }
}

function hintConfig({ isLogin, text }: GcpErrorFacts, { location }: GcpSettings): string {
  if (isLogin || /universe domain/i.test(text)) {
    return 'The login and the service are of different clouds: check GOOGLE_CLOUD_UNIVERSE_DOMAIN and the credentials.';
  }
  return `Google refuses the request itself. Check \`project\`, \`secret\`, \`version\` and \`location\` (${location}); a regional secret is asked at the endpoint of its location alone.`;
}

function hintUnavailable(
  { isLogin, number, systemCode, text }: GcpErrorFacts,
  { auth }: GcpSettings,
): string {
  if (
    /certificate|altnames/i.test(text) ||
    /^(?:CERT_|ERR_TLS_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_)/.test(systemCode ?? '')
  ) {
    return 'The certificate was not accepted. Name your own CA in NODE_EXTRA_CA_CERTS, or check `endpoint`.';
  }
  if (isLogin) {
    return auth.method === 'metadata' || auth.method === 'default'
      ? 'The service that gives out the token did not answer: oauth2.googleapis.com, or the metadata server.'
      : 'The service that gives out the token did not answer; check that sts.googleapis.com or iamcredentials.googleapis.com can be reached.';
  }
  if (/name resolution failed|ENOTFOUND|EAI_AGAIN/i.test(text)) {
    return 'The host was not found. Check `location`, `endpoint` and the DNS here.';
  }
  if (number === 12 || number === 13) {
    return HINT_NOT_GOOGLE;
  }
  return 'Check that Secret Manager can be reached from here: network, proxy, `endpoint`; see status.cloud.google.com if it goes on.';
}
