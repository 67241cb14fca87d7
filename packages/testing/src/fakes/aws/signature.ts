import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { RecordedRequest } from '../../request-log.ts';
import type { AccessKeys } from './access-keys.ts';
import { refusal } from './refusal.ts';

/** The parts of a header of Signature Version 4. */
export interface Signature {
  readonly accessKeyId: string;
  readonly date: string;
  readonly region: string;
  readonly service: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
}

const HEADER =
  /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/;
/** AWS takes no request that was signed longer ago, or later, than this. */
const LONGEST_SKEW_MS = 5 * 60 * 1000;

export function parseSignature(authorization: string | undefined): Signature | undefined {
  const found = HEADER.exec(authorization ?? '');
  if (!found) return undefined;
  const [, accessKeyId = '', date = '', region = '', service = '', headers = '', signature = ''] = found;
  return { accessKeyId, date, region, service, signedHeaders: headers.split(';'), signature };
}

/**
 * Checks the signature for real, so that a wrong secret key, token, region or clock fails here as it does at AWS.
 *
 * @throws AwsRefusal as AWS would answer.
 */
export function verifySignature(
  request: RecordedRequest,
  { service, keys, nowMs }: { readonly service: string; readonly keys: AccessKeys; readonly nowMs: number },
): Signature {
  const parsed = parseSignature(request.authorization);
  if (!parsed) {
    throw refusal('MissingAuthenticationTokenException', 'Missing Authentication Token');
  }
  const key = keys.find(parsed.accessKeyId);
  if (
    !key ||
    !keys.isActive(parsed.accessKeyId) ||
    key.sessionToken !== header(request, 'x-amz-security-token')
  ) {
    throw refusal('UnrecognizedClientException', 'The security token included in the request is invalid.');
  }
  if (key.expiration && key.expiration.getTime() <= nowMs) {
    throw refusal('ExpiredTokenException', 'The security token included in the request is expired');
  }
  if (parsed.service !== service) {
    throw refusal(
      'InvalidSignatureException',
      `Credential should be scoped to correct service: '${service}'.`,
    );
  }
  if (Math.abs(parseAmzDate(header(request, 'x-amz-date')) - nowMs) > LONGEST_SKEW_MS) {
    throw refusal('InvalidSignatureException', 'Signature expired or not yet current');
  }
  if (!isEqual(parsed.signature, sign(request, parsed, key.secretAccessKey))) {
    throw refusal(
      'InvalidSignatureException',
      'The request signature we calculated does not match the signature you provided.',
    );
  }
  return parsed;
}

/** docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html, for requests without a query. */
function sign(
  request: RecordedRequest,
  { date, region, service, signedHeaders }: Signature,
  secret: string,
): string {
  const canonical = [
    request.method,
    request.path,
    '',
    ...signedHeaders.map((name) => `${name}:${header(request, name) ?? ''}`),
    '',
    signedHeaders.join(';'),
    sha256(request.body),
  ].join('\n');
  const scope = `${date}/${region}/${service}/aws4_request`;
  const text = ['AWS4-HMAC-SHA256', header(request, 'x-amz-date'), scope, sha256(canonical)].join('\n');
  const key = [date, region, service, 'aws4_request'].reduce<Buffer | string>(
    (current, part) => hmac(current, part),
    `AWS4${secret}`,
  );
  return hmac(key, text).toString('hex');
}

function header(request: RecordedRequest, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === 'string' ? value.trim() : undefined;
}

/** `20250102T030405Z` */
function parseAmzDate(text: string | undefined): number {
  const [, ...parts] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text ?? '') ?? [];
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = parts.map(Number);
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function hmac(key: Buffer | string, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

function isEqual(one: string, other: string): boolean {
  return one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other));
}
