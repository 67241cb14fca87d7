import { makeTestKey } from '@magic-hour-keys/testing';

/** Four texts that nobody could have written by chance, so that each place where one turns up is a leak. */
export interface Canaries {
  /** The Magic Hour key. */
  readonly key: string;
  /** The key after a rotation. */
  readonly nextKey: string;
  /** What the backend logs in with, such as a Vault token. */
  readonly credential: string;
  /** Another secret that lies beside the key in the store. */
  readonly body: string;
}

export function makeCanaries(): Canaries {
  return {
    key: makeTestKey(),
    nextKey: makeTestKey(),
    credential: `hvs.${makeRandomText()}`,
    body: `pg${makeRandomText()}`,
  };
}

export function secretsOf({ key, nextKey, credential, body }: Canaries): readonly string[] {
  return [key, nextKey, credential, body];
}

function makeRandomText(): string {
  return makeTestKey().slice(-32);
}
