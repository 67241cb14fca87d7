import { type SecretStore, type StoredSecret, type StoredVersion } from './secret-store.ts';
import { refusal } from './refusal.ts';

export type Input = Readonly<Record<string, unknown>>;
export type Output = Readonly<Record<string, unknown>>;

type Operation = (store: SecretStore, input: Input, region: string, nowMs: number) => Output;

const DAY_MS = 24 * 60 * 60 * 1000;

/** The operations of AWS JSON 1.1 that this fake answers, by their names in `x-amz-target`. */
const OPERATIONS: Readonly<Record<string, Operation>> = {
  GetSecretValue(store, input, region) {
    const secret = openSecret(store, input, region);
    const version = store.findVersion(secret, text(input, 'VersionId'), text(input, 'VersionStage'));
    return {
      ...describe(secret, version),
      ...wireValue(version.value),
      CreatedDate: seconds(version.createdMs),
    };
  },
  CreateSecret(store, input, region) {
    const name = required(input, 'Name');
    const value = givenValue(input);
    const secret = isRepeated(store, input, region) ? store.get(name, region) : store.create(name, region);
    if (value === undefined) return { ARN: secret.arn, Name: secret.name };
    const version = store.putVersion(secret, { value, token: token(input) });
    return { ARN: secret.arn, Name: secret.name, VersionId: version.versionId };
  },
  PutSecretValue(store, input, region) {
    const secret = openSecret(store, input, region);
    const value = givenValue(input);
    if (value === undefined) {
      throw refusal('InvalidRequestException', 'You must provide either SecretString or SecretBinary.');
    }
    const stages = Array.isArray(input['VersionStages']) ? input['VersionStages'].map(String) : undefined;
    return describe(secret, store.putVersion(secret, { value, token: token(input), stages }));
  },
  UpdateSecretVersionStage(store, input, region) {
    const secret = openSecret(store, input, region);
    store.moveStage(secret, required(input, 'VersionStage'), {
      from: text(input, 'RemoveFromVersionId'),
      to: text(input, 'MoveToVersionId'),
    });
    return { ARN: secret.arn, Name: secret.name };
  },
  DescribeSecret(store, input, region) {
    const secret = store.get(required(input, 'SecretId'), region);
    const stages = [...secret.versions.values()].filter((version) => version.stages.size > 0);
    return {
      ARN: secret.arn,
      Name: secret.name,
      CreatedDate: seconds(secret.createdMs),
      ...(secret.deletedMs !== undefined && { DeletedDate: seconds(secret.deletedMs) }),
      VersionIdsToStages: Object.fromEntries(
        stages.map((version) => [version.versionId, [...version.stages]]),
      ),
    };
  },
  ListSecretVersionIds(store, input, region) {
    const secret = store.get(required(input, 'SecretId'), region);
    const listed = [...secret.versions.values()]
      .filter(({ stages }) => stages.size > 0 || input['IncludeDeprecated'] === true)
      .toSorted((one, other) => other.createdMs - one.createdMs);
    const start = Number(text(input, 'NextToken') ?? 0);
    const end = start + (typeof input['MaxResults'] === 'number' ? input['MaxResults'] : 100);
    return {
      ARN: secret.arn,
      Name: secret.name,
      Versions: listed.slice(start, end).map((version) => ({
        VersionId: version.versionId,
        VersionStages: [...version.stages],
        CreatedDate: seconds(version.createdMs),
      })),
      ...(end < listed.length && { NextToken: String(end) }),
    };
  },
  DeleteSecret(store, input, region, nowMs) {
    const secret = openSecret(store, input, region);
    if (input['ForceDeleteWithoutRecovery'] === true) store.remove(secret);
    else secret.deletedMs = nowMs;
    const days = typeof input['RecoveryWindowInDays'] === 'number' ? input['RecoveryWindowInDays'] : 30;
    return { ARN: secret.arn, Name: secret.name, DeletionDate: seconds(nowMs + days * DAY_MS) };
  },
  RestoreSecret(store, input, region) {
    const secret = store.get(required(input, 'SecretId'), region);
    secret.deletedMs = undefined;
    return { ARN: secret.arn, Name: secret.name };
  },
};

/** @throws AwsRefusal as Secrets Manager would answer. */
export function runOperation(
  name: string,
  { store, input, region, nowMs }: { store: SecretStore; input: Input; region: string; nowMs: number },
): Output {
  const operation = Object.hasOwn(OPERATIONS, name) ? OPERATIONS[name] : undefined;
  if (operation) return operation(store, input, region, nowMs);
  throw refusal('UnknownOperationException', `this stand-in does not know ${name}`);
}

/** One that is not marked for deletion. */
function openSecret(store: SecretStore, input: Input, region: string): StoredSecret {
  const secret = store.get(required(input, 'SecretId'), region);
  if (secret.deletedMs === undefined) return secret;
  throw refusal(
    'InvalidRequestException',
    "You can't perform this operation on the secret because it was marked for deletion.",
  );
}

/** The same request once more is no conflict: its token is there already. */
function isRepeated(store: SecretStore, input: Input, region: string): boolean {
  const name = required(input, 'Name');
  const given = token(input);
  return given !== undefined && store.has(name, region) && store.get(name, region).versions.has(given);
}

function describe({ arn, name }: StoredSecret, { versionId, stages }: StoredVersion): Output {
  return { ARN: arn, Name: name, VersionId: versionId, VersionStages: [...stages] };
}

function wireValue(value: string | Uint8Array): Output {
  return typeof value === 'string'
    ? { SecretString: value }
    : { SecretBinary: Buffer.from(value).toString('base64') };
}

function givenValue(input: Input): string | Uint8Array | undefined {
  const binary = text(input, 'SecretBinary');
  return binary === undefined ? text(input, 'SecretString') : Buffer.from(binary, 'base64');
}

function token(input: Input): string | undefined {
  const given = text(input, 'ClientRequestToken');
  if (given === undefined || (given.length >= 32 && given.length <= 64)) return given;
  throw refusal('InvalidParameterException', 'ClientRequestToken must have 32 to 64 characters.');
}

function required(input: Input, name: string): string {
  const value = text(input, name);
  if (value !== undefined) return value;
  throw refusal(
    'ValidationException',
    `1 validation error detected: Value at '${name}' failed to satisfy constraint: Member must not be null`,
  );
}

function text(input: Input, name: string): string | undefined {
  const value = input[name];
  return typeof value === 'string' ? value : undefined;
}

/** Dates are seconds since 1970, with a fraction. */
function seconds(ms: number): number {
  return ms / 1000;
}
