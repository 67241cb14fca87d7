import { httpStatusOf, type GcpRefusal } from './refusal.ts';
import type { DescribedVersion, GcpCall, GcpResult } from './secret-manager.ts';

const PATH = /^\/v1\/(projects\/[^:?]+?)(\/versions|\/secrets)?(?::([a-zA-Z]+))?(?:\?(.*))?$/;
const VERB_OPERATIONS: Readonly<Record<string, string>> = {
  access: 'AccessSecretVersion',
  addVersion: 'AddSecretVersion',
  enable: 'EnableSecretVersion',
  disable: 'DisableSecretVersion',
  destroy: 'DestroySecretVersion',
};

/** Undefined for a request that is none of Secret Manager's, or not known here. */
export function parseCall(method: string, path: string, body: string): GcpCall | undefined {
  const [, name, list, verb, query] = PATH.exec(path) ?? [];
  if (name === undefined) return undefined;
  if (list === '/versions') return { operation: 'ListSecretVersions', name };
  if (list === '/secrets') {
    const secretId = new URLSearchParams(query).get('secretId');
    return method === 'POST' ? { operation: 'CreateSecret', name: `${name}/secrets/${secretId}` } : undefined;
  }
  if (verb === undefined) return { operation: `${VERBS[method]}${nounOf(name)}`, name };
  const operation = VERB_OPERATIONS[verb];
  if (operation === undefined) return undefined;
  return { operation, name, ...payloadOf(body) };
}

const VERBS: Readonly<Record<string, string>> = { GET: 'Get', DELETE: 'Delete' };

function nounOf(name: string): string {
  return name.includes('/versions/') ? 'SecretVersion' : 'Secret';
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
    case 'nothing':
      return {};
    case 'secret':
      return { name: result.name };
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
