import { crc32c } from './crc32c.ts';
import { refusal } from './refusal.ts';
import { changeState } from './secret-admin.ts';
import {
  findVersion,
  type SecretStore,
  type StoredSecret,
  type StoredVersion,
  type VersionState,
} from './secret-store.ts';

/** What a request asks for, whether it came by gRPC or by REST. */
export interface GcpCall {
  /** Such as `"AccessSecretVersion"`. */
  readonly operation: string;
  /** Of the version or of the secret, whichever the operation is about; for `CreateSecret` the one to be made. */
  readonly name: string;
  readonly data?: Uint8Array | undefined;
  readonly dataCrc32c?: number | undefined;
}

export type GcpResult =
  | {
      readonly kind: 'payload';
      readonly name: string;
      readonly data: Uint8Array;
      readonly dataCrc32c: number;
    }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'secret'; readonly name: string }
  | { readonly kind: 'version'; readonly version: DescribedVersion }
  | { readonly kind: 'versions'; readonly versions: readonly DescribedVersion[] };

export interface DescribedVersion {
  readonly name: string;
  readonly createdMs: number;
  readonly state: VersionState;
}

const STATE_AFTER: Readonly<Record<string, VersionState>> = {
  EnableSecretVersion: 'ENABLED',
  DisableSecretVersion: 'DISABLED',
  DestroySecretVersion: 'DESTROYED',
};

/** @throws GcpRefusal as Google would answer. */
export function runCall(store: SecretStore, { operation, name, data, dataCrc32c }: GcpCall): GcpResult {
  switch (operation) {
    case 'AccessSecretVersion':
      return access(store, name);
    case 'AddSecretVersion':
      return add(store, name, data ?? new Uint8Array(), dataCrc32c);
    case 'CreateSecret':
      return { kind: 'secret', name: store.create(name).name };
    case 'GetSecret':
      return { kind: 'secret', name: store.get(name).name };
    case 'DeleteSecret':
      store.remove(store.get(name).name);
      return { kind: 'nothing' };
    case 'ListSecretVersions': {
      const secret = store.get(name);
      const versions = secret.versions.toReversed().map((version) => describe(secret, version));
      return { kind: 'versions', versions };
    }
    default: {
      const { secret, version } = locate(store, name);
      const state = STATE_AFTER[operation];
      if (state) changeState(version, state);
      else if (operation !== 'GetSecretVersion') {
        throw refusal('UNIMPLEMENTED', `this stand-in does not know ${operation}`);
      }
      return { kind: 'version', version: describe(secret, version) };
    }
  }
}

function access(store: SecretStore, name: string): GcpResult {
  const { secret, version } = locate(store, name);
  if (version.state !== 'ENABLED') {
    throw refusal(
      'FAILED_PRECONDITION',
      `Secret Version [${secret.name}/versions/${version.number}] is in ${version.state} state.`,
    );
  }
  const { value } = version;
  return { kind: 'payload', name: describe(secret, version).name, data: value, dataCrc32c: crc32c(value) };
}

function add(store: SecretStore, name: string, data: Uint8Array, sum: number | undefined): GcpResult {
  if (sum !== undefined && sum !== crc32c(data)) {
    throw refusal('INVALID_ARGUMENT', 'The checksum of the payload does not match.');
  }
  const secret = store.get(name);
  return { kind: 'version', version: describe(secret, store.addVersion(secret, data)) };
}

function locate(store: SecretStore, name: string): { secret: StoredSecret; version: StoredVersion } {
  const [, parent, wanted] = /^(.+)\/versions\/([^/]+)$/.exec(name) ?? [];
  if (parent === undefined || wanted === undefined) {
    throw refusal('INVALID_ARGUMENT', `Invalid resource name: ${name}`);
  }
  const secret = store.get(parent);
  return { secret, version: findVersion(secret, wanted) };
}

function describe({ name }: StoredSecret, { number, createdMs, state }: StoredVersion): DescribedVersion {
  return { name: `${name}/versions/${number}`, createdMs, state };
}
