import { randomInt, randomUUID } from 'node:crypto';
import { refusal } from './refusal.ts';

const CURRENT = 'AWSCURRENT';
const PREVIOUS = 'AWSPREVIOUS';

export interface StoredVersion {
  readonly versionId: string;
  readonly value: string | Uint8Array;
  readonly stages: Set<string>;
  readonly createdMs: number;
}

export interface StoredSecret {
  readonly name: string;
  readonly arn: string;
  readonly region: string;
  readonly createdMs: number;
  readonly versions: Map<string, StoredVersion>;
  /** Set while it is marked for deletion. */
  deletedMs: number | undefined;
}

export interface NewVersion {
  readonly value: string | Uint8Array;
  /** The caller's own id; the same id with the same value is the same version. */
  readonly token?: string | undefined;
  /** Default AWSCURRENT alone. */
  readonly stages?: readonly string[] | undefined;
}

/** The secrets of one account, in all regions, with the rules by which Secrets Manager moves its labels. */
export interface SecretStore {
  /** @throws AwsRefusal ResourceExistsException */
  create(name: string, region: string): StoredSecret;
  /** By name, ARN, or ARN without its six characters. @throws AwsRefusal ResourceNotFoundException */
  get(secretId: string, region: string): StoredSecret;
  has(secretId: string, region: string): boolean;
  /** Also for one that is marked for deletion. */
  putVersion(secret: StoredSecret, version: NewVersion): StoredVersion;
  /** @throws AwsRefusal ResourceNotFoundException, or InvalidRequestException when id and stage contradict. */
  findVersion(secret: StoredSecret, versionId: string | undefined, stage: string | undefined): StoredVersion;
  moveStage(secret: StoredSecret, stage: string, move: StageMove): void;
  remove(secret: StoredSecret): void;
}

export interface StageMove {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

const ACCOUNT = '123456789012';
const SUFFIX = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

export function createSecretStore(now: () => number): SecretStore {
  const secrets = new Map<string, StoredSecret>();
  let lastMs = 0;

  /** No two versions have the same time, so that their order can be told. */
  function nextMs(): number {
    lastMs = Math.max(now(), lastMs + 1);
    return lastMs;
  }

  function find(secretId: string, region: string): StoredSecret | undefined {
    return [...secrets.values()].find(
      ({ name, arn, region: own }) =>
        own === region && (name === secretId || arn === secretId || arn.slice(0, -7) === secretId),
    );
  }

  return {
    create(name, region) {
      if (find(name, region)) {
        throw refusal(
          'ResourceExistsException',
          `The operation failed because the secret ${name} already exists.`,
        );
      }
      const suffix = Array.from({ length: 6 }, () => SUFFIX.charAt(randomInt(SUFFIX.length))).join('');
      const arn = `arn:aws:secretsmanager:${region}:${ACCOUNT}:secret:${name}-${suffix}`;
      const secret = { name, arn, region, createdMs: nextMs(), versions: new Map(), deletedMs: undefined };
      secrets.set(arn, secret);
      return secret;
    },
    get(secretId, region) {
      const secret = find(secretId, region);
      if (secret) return secret;
      throw refusal('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
    },
    has: (secretId, region) => find(secretId, region) !== undefined,
    putVersion: (secret, version) => putVersion(secret, version, nextMs),
    findVersion,
    moveStage,
    remove: ({ arn }) => void secrets.delete(arn),
  };
}

function putVersion(secret: StoredSecret, wanted: NewVersion, nextMs: () => number): StoredVersion {
  const { value, token = randomUUID(), stages = [CURRENT] } = wanted;
  const known = secret.versions.get(token);
  if (known) {
    if (Buffer.from(known.value).equals(Buffer.from(value))) return known;
    throw refusal(
      'ResourceExistsException',
      "You can't use ClientRequestToken with other content than it was used with before.",
    );
  }
  const version = { versionId: token, value, stages: new Set<string>(), createdMs: nextMs() };
  // The first version is the current one, whatever labels were asked for.
  const labels = secret.versions.size === 0 ? [...stages, CURRENT] : stages;
  secret.versions.set(token, version);
  for (const stage of labels) attach(secret, stage, version);
  return version;
}

function findVersion(
  secret: StoredSecret,
  versionId: string | undefined,
  stage: string | undefined,
): StoredVersion {
  const { versions } = secret;
  const wanted = stage ?? (versionId === undefined ? CURRENT : undefined);
  const version = versionId === undefined ? holderOf(secret, wanted) : versions.get(versionId);
  if (!version) {
    const which = versionId === undefined ? `staging label: ${wanted}` : `VersionId: ${versionId}`;
    throw refusal(
      'ResourceNotFoundException',
      `Secrets Manager can't find the specified secret value for ${which}`,
    );
  }
  if (wanted === undefined || version.stages.has(wanted)) return version;
  throw refusal(
    'InvalidRequestException',
    'You provided a VersionStage that is not associated to the provided VersionId.',
  );
}

/** API reference of UpdateSecretVersionStage: a label moves only away from the version that the caller names. */
function moveStage(secret: StoredSecret, stage: string, { from, to }: StageMove): void {
  const holder = holderOf(secret, stage);
  if (from !== undefined && holder?.versionId !== from) {
    throw refusal(
      'InvalidParameterException',
      `The parameter RemoveFromVersionId can't be empty or wrong. Staging label ${stage} is currently attached to another version.`,
    );
  }
  if (holder && holder.versionId !== to && from === undefined) {
    throw refusal(
      'InvalidParameterException',
      `The parameter RemoveFromVersionId can't be empty. Staging label ${stage} is currently attached to version ${holder.versionId}.`,
    );
  }
  if (to === undefined) {
    if (stage === CURRENT)
      throw refusal(
        'InvalidParameterException',
        'You can only move staging label AWSCURRENT to a different secret version. It can’t be completely removed.',
      );
    holder?.stages.delete(stage);
    return;
  }
  attach(secret, stage, findVersion(secret, to, undefined));
}

/** Each label is on one version at most, and AWSPREVIOUS follows AWSCURRENT. */
function attach(secret: StoredSecret, stage: string, version: StoredVersion): void {
  const holder = holderOf(secret, stage);
  if (holder === version) return;
  holder?.stages.delete(stage);
  version.stages.add(stage);
  if (stage !== CURRENT || !holder) return;
  holderOf(secret, PREVIOUS)?.stages.delete(PREVIOUS);
  holder.stages.add(PREVIOUS);
}

function holderOf({ versions }: StoredSecret, stage: string | undefined): StoredVersion | undefined {
  if (stage === undefined) return undefined;
  return [...versions.values()].find(({ stages }) => stages.has(stage));
}
