const PROJECT_TEXT = String.raw`(?:[a-z0-9.-]{1,63}:)?[a-z0-9][a-z0-9-]{0,62}`;
const LOCATION_TEXT = String.raw`[a-z][a-z0-9-]{0,62}`;
const SECRET_TEXT = String.raw`[A-Za-z0-9_-]{1,255}`;
/** A number, or an alias, which starts with a letter; `latest` has the form of one. */
const VERSION_TEXT = String.raw`(?:[1-9]\d{0,15}|[A-Za-z][A-Za-z0-9_-]{0,62})`;
const FULL_TEXT = `projects/(${PROJECT_TEXT})(?:/locations/(${LOCATION_TEXT}))?/secrets/(${SECRET_TEXT})(?:/versions/(${VERSION_TEXT}))?`;

export const PROJECT: RegExp = new RegExp(`^${PROJECT_TEXT}$`);
export const LOCATION: RegExp = new RegExp(`^${LOCATION_TEXT}$`);
export const VERSION: RegExp = new RegExp(`^${VERSION_TEXT}$`);
/** The secret's own name, or its full one, with a version or without. */
export const SECRET: RegExp = new RegExp(`^(?:${SECRET_TEXT}|${FULL_TEXT})$`);
const FULL_NAME = new RegExp(`^${FULL_TEXT}$`);

/** Of a full name, which holds what other options say otherwise. */
export interface SecretName {
  readonly project: string | undefined;
  readonly location: string | undefined;
  readonly secret: string;
  readonly version: string | undefined;
}

/** Such as `projects/my-project/locations/europe-west1/secrets/magic-hour/versions/7`, or `magic-hour` alone. */
export function parseSecretName(secret: string): SecretName {
  const [, project, location, name = secret, version] = FULL_NAME.exec(secret) ?? [];
  return { project, location, secret: name, version };
}

/** The number of the version that answered. The name in an answer has the project's number in place of its id. */
export function versionOf(name: unknown): string | undefined {
  return typeof name === 'string' ? /\/versions\/([1-9]\d{0,15})$/.exec(name)?.[1] : undefined;
}
