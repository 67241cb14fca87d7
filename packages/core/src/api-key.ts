import { cleanKeyValue } from './clean-key-value.ts';
import { fingerprint } from './fingerprint.ts';
import { withoutUndefined } from './without-undefined.ts';

/** A key that can be passed around, logged and thrown without being seen. */
export interface ApiKey {
  /** The key itself: the only way to it. */
  reveal(): string;
  /** The last four characters, which Magic Hour's Developer Hub lists too. */
  readonly last4: string;
  /** 16 hex digits for display only: equal for equal keys within this process, and of no use outside of it. */
  readonly fingerprint: string;
  /** The store's name for this version. Opaque: compared for equality only. */
  readonly version?: string | undefined;
  /** When the store says that this version was made. */
  readonly createdAt?: Date | undefined;
  /** The name of the source it came from, such as `"aws"`. */
  readonly source: string;
}

/** What an `ApiKey` tells of itself, under the names that it has there. */
export interface ApiKeyMetadata {
  readonly source: string;
  readonly version?: string | undefined;
  readonly createdAt?: Date | undefined;
}

const INSPECT = Symbol.for('nodejs.util.inspect.custom');

class RedactedApiKey implements ApiKey {
  readonly #value: string;
  #fingerprint: string | undefined;
  declare readonly last4: string;
  declare readonly version?: string | undefined;
  declare readonly createdAt?: Date | undefined;
  declare readonly source: string;

  constructor(value: string, { source, version, createdAt }: ApiKeyMetadata) {
    this.#value = value;
    Object.assign(this, withoutUndefined({ last4: value.slice(-4), source, version, createdAt }));
    Object.freeze(this);
  }

  reveal(): string {
    return this.#value;
  }

  get fingerprint(): string {
    return (this.#fingerprint ??= fingerprint(this.#value));
  }

  toString(): string {
    return `[ApiKey …${this.last4}]`;
  }
}
// JSON, templates and `util.inspect` all show the same.
for (const name of ['toJSON', Symbol.toPrimitive, INSPECT]) {
  // oxlint-disable-next-line typescript/unbound-method -- it goes back to the prototype that it is from
  Object.defineProperty(RedactedApiKey.prototype, name, { value: RedactedApiKey.prototype.toString });
}

/**
 * For hand-written providers. The value is cleaned and checked first.
 *
 * @throws KeyError `invalid_key`, which says what is wrong and where, never the value.
 */
export function createApiKey(value: string, metadata: ApiKeyMetadata): ApiKey {
  return wrapCleanValue(cleanKeyValue(value, { source: metadata.source }), metadata);
}

/** For core itself, which has cleaned the value already. */
export function wrapCleanValue(value: string, metadata: ApiKeyMetadata): ApiKey {
  return new RedactedApiKey(value, metadata);
}
