import { KeyError } from '@magic-hour-keys/core';
import type { Gax, LoginClient, LoginFinder } from '../load-sdk.ts';
import type { GcpSettings } from '../options.ts';
import { impersonated, type ServiceAccountAuth, type WorkloadIdentityAuth } from './auth-options.ts';
import { hasMetadataServer } from './metadata-server.ts';

const SCOPES: readonly string[] = ['https://www.googleapis.com/auth/cloud-platform'];

/**
 * The login, for the SDK's client as `auth`. Files and variables are read, and no request is made, except that a role
 * to act as asks for the login below it.
 *
 * @throws KeyError `unauthenticated` or `invalid_config` for a credential that is missing or of another kind.
 */
export async function createAuth(gax: Gax, settings: GcpSettings): Promise<LoginFinder> {
  const target = impersonated(settings.auth);
  const base = await createBase(gax, settings);
  if (target === undefined) return base;
  const sourceClient = await base.getClient();
  const targetScopes = SCOPES;
  const { Impersonated } = gax.googleAuthLibrary;
  const client = withoutWarning(
    () => new Impersonated({ sourceClient, targetPrincipal: target, targetScopes }),
  );
  return holdClient(gax, settings, client);
}

/**
 * From version 11 on the library's constructor prints that it does not check where a configuration came from, and has
 * no switch for that. Here there is none but an address that was checked, so the console is kept from it for as long as
 * the client is made, which is one synchronous call.
 */
function withoutWarning<Result>(create: () => Result): Result {
  const output: { warn: unknown } = console;
  const { warn } = output;
  output.warn = () => undefined;
  try {
    return create();
  } finally {
    output.warn = warn;
  }
}

async function createBase(gax: Gax, settings: GcpSettings): Promise<LoginFinder> {
  const { auth, authClient } = settings;
  if (authClient) return holdClient(gax, settings, authClient);
  switch (auth.method) {
    case 'default':
      return createDefault(gax, settings);
    case 'metadata':
      return createMetadata(gax, settings);
    case 'none':
      return holdClient(gax, settings, NOBODY);
    case 'workload-identity':
    case 'service-account':
      return holdClient(gax, settings, fromCredentials(gax, await readCredentials(auth, settings)));
  }
}

/** The library's own for this makes a `Headers`, for which Node loads all of fetch: 10 ms at a start. */
const NOBODY: LoginClient = { getRequestHeaders: async () => ({}) };

/** For a login that is there already. */
function holdClient(gax: Gax, settings: GcpSettings, authClient: LoginClient): LoginFinder {
  return new gax.GoogleAuth({ ...common(settings), authClient });
}

/** As `GoogleAuth` makes them of its option `credentials`, about which later versions print a warning. */
function fromCredentials(
  { googleAuthLibrary: library }: Gax,
  credentials: Readonly<Record<string, unknown>>,
): LoginClient {
  if (credentials['type'] === KIND['workload-identity']) {
    const { environment_id: isAws, executable } = {
      ...(credentials['credential_source'] as Source | undefined),
    };
    const Federated = executable ? library.PluggableAuthClient : library.IdentityPoolClient;
    const client = new (isAws ? library.AwsClient : Federated)(credentials);
    return Object.assign(client, { scopes: SCOPES });
  }
  const {
    client_email: email,
    private_key: key,
    private_key_id: keyId,
    universe_domain: universeDomain,
  } = credentials;
  const client = new library.JWT({ email, key, keyId, universeDomain, scopes: SCOPES });
  // It signs for itself then, and needs no token service.
  return Object.assign(client, { useJWTAccessWithScope: true });
}

/** Where the token of the other identity provider comes from: AWS, a program, or else a file or a URL. */
interface Source {
  readonly environment_id?: unknown;
  readonly executable?: unknown;
}

function createDefault(gax: Gax, settings: GcpSettings): LoginFinder {
  return Object.assign(new gax.GoogleAuth(common(settings)), {
    // Where a later version of the library calls it otherwise, its own look is taken.
    _checkIsGCE: () => hasMetadataServer(gax),
  });
}

/** The same without the files, so that a machine's own account is never mistaken for a person's. */
function createMetadata(gax: Gax, settings: GcpSettings): LoginFinder {
  const nothing = async (): Promise<null> => null;
  return Object.assign(createDefault(gax, settings), {
    _tryGetApplicationCredentialsFromEnvironmentVariable: nothing,
    _tryGetApplicationCredentialsFromWellKnownFile: nothing,
  });
}

/** Without a project the library looks for one, and starts `gcloud` for that (measured). */
function common({ project }: GcpSettings): object {
  return { scopes: SCOPES, projectId: project };
}

const KIND = { 'workload-identity': 'external_account', 'service-account': 'service_account' } as const;

/** A file of another kind than was named may log in somewhere else, as Google warns, so its kind is checked. */
async function readCredentials(
  auth: ServiceAccountAuth | WorkloadIdentityAuth,
  settings: GcpSettings,
): Promise<Readonly<Record<string, unknown>>> {
  // Loaded here, because few log in by a file.
  const { readSecretReference } = await import('@magic-hour-keys/core/node');
  const { location, env, cwd } = settings;
  const isKey = auth.method === 'service-account';
  const option = isKey ? 'auth.key' : 'auth.credentialFile';
  const text = await readSecretReference(isKey ? auth.key : { file: auth.credentialFile }, {
    option,
    where: { source: 'gcp', location },
    missing: 'the credentials for Google are missing',
    env,
    cwd,
  });
  const credentials = parseObject(text);
  if (credentials['type'] === KIND[auth.method]) return credentials;
  throw new KeyError({
    code: 'invalid_config',
    source: 'gcp',
    location,
    message: `what \`${option}\` names is no JSON with the type ${KIND[auth.method]}`,
    hint: isKey
      ? 'Name the JSON key file of a service account with `auth.key`.'
      : 'Name the file that `gcloud iam workload-identity-pools create-cred-config` writes with `auth.credentialFile`.',
  });
}

/** The parser's own message quotes the text. */
function parseObject(text: string): Readonly<Record<string, unknown>> {
  try {
    return { ...(JSON.parse(text) as object | null) };
  } catch {
    return {};
  }
}
