import { httpStatusOf, type GcpRefusal } from './refusal.ts';
import type { DescribedVersion, GcpCall, GcpResult } from './secret-manager.ts';

const PATH = /^\/v1\/(projects\/[^:?]+?)(\/versions)?(?::([a-zA-Z]+))?(?:\?.*)?$/;
const VERB_OPERATIONS: Readonly<Record<string, string>> = {
  access: 'AccessSecretVersion',
  addVersion: 'AddSecretVersion',
  enable: 'EnableSecretVersion',
  disable: 'DisableSecretVersion',
  destroy: 'DestroySecretVersion',
};

/** Undefined for a path that is none of Secret Manager's. */
export function parseCall(path: string, body: string): GcpCall | undefined {
  const [, name, versions, verb] = PATH.exec(path) ?? [];
  if (name === undefined) return undefined;
  if (versions !== undefined) return { operation: 'ListSecretVersions', name };
  if (verb === undefined) return { operation: 'GetSecretVersion', name };
  const operation = VERB_OPERATIONS[verb];
  if (operation === undefined) return undefined;
  return { operation, name, ...payloadOf(body) };
}

function payloadOf(body: string): Partial<GcpCall> {
  if (!body.includes('payload')) return {};
  const { payload } = JSON.parse(body) as { payload?: { data?: string; dataCrc32c?: string } };
  return {
    data: Buffer.from(payload?.data ?? '', 'base64'),
    dataCrc32c: payload?.dataCrc32c === undefined ? undefined : Number(payload.dataCrc32c),
  };
}

export function resultJson(result: GcpResult): unknown {
  switch (result.kind) {
    case 'payload':
      return {
        name: result.name,
        payload: { data: Buffer.from(result.data).toString('base64'), dataCrc32c: String(result.dataCrc32c) },
      };
    case 'version':
      return versionJson(result.version);
    case 'versions':
      return { versions: result.versions.map(versionJson), totalSize: result.versions.length };
  }
}

function versionJson({ name, createdMs, state }: DescribedVersion): object {
  return { name, createTime: new Date(createdMs).toISOString(), state };
}

export function refusalJson({ status, message, reason, retryDelaySeconds }: GcpRefusal): object {
  const details: object[] = [];
  if (reason !== undefined) {
    details.push({ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason, domain: 'googleapis.com' });
  }
  if (retryDelaySeconds !== undefined) {
    details.push({
      '@type': 'type.googleapis.com/google.rpc.RetryInfo',
      retryDelay: `${retryDelaySeconds}s`,
    });
  }
  return { error: { code: httpStatusOf(status), message, status, ...(details.length > 0 && { details }) } };
}
