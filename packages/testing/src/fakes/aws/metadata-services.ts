import { randomUUID } from 'node:crypto';
import type { RecordedRequest } from '../../request-log.ts';
import type { FakeAccessKey } from './access-keys.ts';
import { INSTANCE_PATH, INSTANCE_TOKEN_PATH } from './describe-request.ts';

export interface MetadataAnswer {
  readonly status: number;
  readonly text: string;
}

const TOKEN_HEADER = 'x-aws-ec2-metadata-token';

/**
 * The metadata service of EC2, version 2: a token by PUT, then the name of the role, then its credentials.
 *
 * @param createKey gives the credentials of the instance's role; undefined where it has none
 */
export function createInstanceService(
  createKey: () => FakeAccessKey | undefined,
): (request: RecordedRequest) => MetadataAnswer {
  const token = randomUUID();
  const role = 'video-worker';
  return (request) => {
    if (request.path === INSTANCE_TOKEN_PATH) {
      return request.method === 'PUT' ? { status: 200, text: token } : { status: 405, text: '' };
    }
    if (request.headers[TOKEN_HEADER] !== token) return { status: 401, text: '' };
    const key = createKey();
    if (!key) return { status: 404, text: '' };
    if (request.path === INSTANCE_PATH) return { status: 200, text: role };
    return request.path === INSTANCE_PATH + role
      ? { status: 200, text: toJson(key) }
      : { status: 404, text: '' };
  };
}

/** The endpoint of ECS tasks and EKS pods: one GET, with a token where one is asked for. */
export function answerContainer(
  request: RecordedRequest,
  { token, key }: { readonly token: string | undefined; readonly key: FakeAccessKey },
): MetadataAnswer {
  if (request.authorization !== token) {
    return { status: 401, text: JSON.stringify({ Code: 'AccessDenied', Message: 'wrong token' }) };
  }
  return { status: 200, text: toJson(key) };
}

function toJson({ accessKeyId, secretAccessKey, sessionToken, expiration }: FakeAccessKey): string {
  return JSON.stringify({
    Code: 'Success',
    AccessKeyId: accessKeyId,
    SecretAccessKey: secretAccessKey,
    Token: sessionToken,
    Expiration: expiration?.toISOString().replace(/\.\d+Z$/, 'Z'),
  });
}
