import type { RequiredPackage } from '@magic-hour-keys/core/author';
import type { GcpAuth } from './auth/auth-options.ts';
import { checkOptions } from './check-options.ts';
import { parseSecretName } from './secret-name.ts';

export type GcpTransport = 'grpc' | 'rest';

/** What is used of an SDK client: a `SecretManagerServiceClient` has it, and so has a wrapper that traces it. */
export interface GcpClient {
  /** Resolves with `[{ name, payload }]`. */
  accessSecretVersion(request: { name: string }, options: object): Promise<unknown>;
  /** Awaited before the first call where there is one. */
  initialize?(): Promise<unknown>;
}

/** What is used of a login: an `AuthClient` of `google-auth-library` has it. */
export interface GcpAuthClient {
  getRequestHeaders(url?: string): Promise<unknown>;
}

/** What `gcpKeySource` takes. The JSON config knows all but `client`, `authClient`, `env` and `cwd`. */
export interface GcpOptions {
  /**
   * The secret's name, such as `"magic-hour"`, or its full one, such as `"projects/my-project/secrets/magic-hour"`,
   * with `/locations/LOCATION` before `/secrets` for a regional one and `/versions/VERSION` behind where it is pinned.
   */
  readonly secret: string;
  /** The id or number of the project. Default: that of a full name, else `GOOGLE_CLOUD_PROJECT`. */
  readonly project?: string | undefined;
  /** A number, an alias, or `"latest"`, which is the default: the version with the highest number. */
  readonly version?: string | undefined;
  /** Of a regional secret, such as `"europe-west1"`; it is asked at the endpoint of that location. */
  readonly location?: string | undefined;
  /** The member that holds the key, where the secret is a JSON object: `"apiKey"`, `"a.b"` or `"/a/b"`. */
  readonly field?: string | undefined;
  /** Default `{ method: 'default' }`: Application Default Credentials. */
  readonly auth?: GcpAuth | undefined;
  /** Default `"grpc"`. `"rest"` is for networks that do not let HTTP/2 through. */
  readonly transport?: GcpTransport | undefined;
  /** Another URL of the service, such as an emulator. https; http on loopback alone. */
  readonly endpoint?: string | undefined;
  /** A `SecretManagerServiceClient` of your own, with its own login and endpoint. It is never closed here. */
  readonly client?: GcpClient | undefined;
  /** An `AuthClient` of your own, such as one for an identity provider that Google does not know. */
  readonly authClient?: GcpAuthClient | undefined;
  /** Stands for `process.env` where a secret is given as `{ env: NAME }`. Read anew for each login. */
  readonly env?: object | undefined;
  /** The folder that relative paths start from. Default the working directory at the time of the read. */
  readonly cwd?: string | undefined;
}

export interface GcpSettings extends Omit<GcpOptions, 'location'> {
  readonly auth: GcpAuth;
  readonly transport: GcpTransport;
  /** Undefined: to be looked up in the environment at the first read. */
  readonly project: string | undefined;
  /** Of a regional secret. */
  readonly region: string | undefined;
  /** Without its project. */
  readonly secretName: string;
  readonly version: string;
  /** Printable. */
  readonly location: string;
}

export const CLIENT_PACKAGE: RequiredPackage = {
  name: '@google-cloud/secret-manager',
  range: '^6.0.1 || ^7.0.0',
};
export const LATEST = 'latest';

/** Where these options look, such as `"projects/my-project/secrets/magic-hour"`. No I/O. */
export function describeLocation(options: GcpOptions): string {
  const { project, location, secret, version } = placeOf(options);
  const region = location === undefined ? '' : `/locations/${location}`;
  const pinned = version === LATEST ? '' : `/versions/${version}`;
  if (project !== undefined) return `projects/${project}${region}/secrets/${secret}${pinned}`;
  return `${secret}${location === undefined ? '' : ` in ${location}`}${version === LATEST ? '' : `, version ${version}`}`;
}

/** A name says the same as the options beside it: that they do not differ is checked. */
function placeOf(options: GcpOptions) {
  const name = parseSecretName(options.secret);
  return {
    project: options.project ?? name.project,
    location: options.location ?? name.location,
    secret: name.secret,
    version: options.version ?? name.version ?? LATEST,
  };
}

/**
 * Checks the options and fills in the defaults.
 *
 * @throws KeyError `invalid_config` for options that can't be meant, or that contradict each other.
 */
export function resolveOptions(options: GcpOptions): GcpSettings {
  checkOptions(options);
  const { project, location: region, secret: secretName, version } = placeOf(options);
  const { auth = { method: 'default' }, transport = 'grpc' } = options;
  const location = describeLocation(options);
  return { ...options, auth, transport, project, region, secretName, version, location };
}
