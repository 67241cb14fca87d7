/**
 * A schema that follows Standard Schema 1 (standardschema.dev); backends of this repository use valibot. Only its
 * shape is named here, so that core depends on no validator.
 */
export interface OptionsSchema<Options> {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => unknown;
    readonly types?: { readonly input: unknown; readonly output: Options } | undefined;
  };
}

/** A package that must be installed beside the backend. */
export interface RequiredPackage {
  /** The name on npm. */
  readonly name: string;
  /** The versions that work, such as `"^3.0.0"`. */
  readonly range: string;
  /** True where only some options need it. */
  readonly optional?: boolean | undefined;
}

/** An environment variable that a read looks at by itself, without an option that names it. */
export interface CredentialVariable {
  readonly name: string;
  /**
   * True where the value is the key or what one logs in with, or a part of that; false where it only says where that
   * is: a path, a URL, the name of a profile.
   */
  readonly secret: boolean;
}

/** The right that a read needs, and how it is granted. */
export interface ReadPermission {
  /** As the store calls it, such as `"secretsmanager:GetSecretValue"`. */
  readonly name: string;
  /** The policy or the command that grants it and nothing else; what only the user knows stands in capitals. */
  readonly policy: string;
}

/** What the store can do; the conformance kit reads this and skips, with a printed reason, what it can't. */
export interface BackendCapabilities {
  /** Readings carry the store's own version. */
  readonly versions: boolean;
  /** Readings carry a `sequence`, so that an older version is noticed. */
  readonly sequence: boolean;
  /** There is a `readPrevious`. */
  readonly previous: boolean;
  /** There is a `watch`. */
  readonly watch: boolean;
  /** The store can refuse access, and lose our login. */
  readonly permissions: boolean;
  /** It is read over a network. */
  readonly remote: boolean;
}

/**
 * One manifest for each backend. It feeds validation, JSON Schema, the README's options table and `mhk doctor`, and it
 * never loads the SDK.
 */
export interface BackendDefinition<Options> {
  /** The value of `"source"` in the JSON config, such as `"aws"`. */
  readonly name: string;
  /** The store's name for people, such as `"AWS Secrets Manager"`. */
  readonly title: string;
  /** The npm package of this backend. */
  readonly packageName: string;
  /** The JSON options; each member has a description. */
  readonly schema: OptionsSchema<Options>;
  /** The printable place that these options mean; never secret, no I/O. */
  location(options: Options): string;
  readonly requires: readonly RequiredPackage[];
  readonly capabilities: BackendCapabilities;
  /** Options that hold a secret, as `{ "env": NAME }` or `{ "file": PATH }`. */
  readonly secretOptions: readonly string[];
  /**
   * The variables that a read with these options looks at by itself, those that it prefers first. `mhk exec` takes the
   * secret ones out of the environment of the program that it runs, and `mhk doctor` tells which are set: hence one
   * list with a mark, and of names, so that no value has to be looked at. Variables named by `{ "env": NAME }` are not
   * in it, because `secretOptions` tells them for every backend alike; nor those that only the contents of another file
   * bring in, such as `credential_source` in `~/.aws/config`.
   */
  readonly credentialVariables?: ((options: Options) => readonly CredentialVariable[]) | undefined;
  /** What `mhk doctor` prints to be pasted where the store refuses access: the text of the README for these options. */
  readonly permission?: ((options: Options) => ReadPermission | undefined) | undefined;
  /** Options that may hold `${NAME}` in the JSON config: never one that holds a secret, nor one that names a host. */
  readonly interpolates?: readonly string[] | undefined;
}
