import { randomUUID } from 'node:crypto';
import type { AccessKeys, FakeAccessKey } from './access-keys.ts';
import { refusal } from './refusal.ts';

/** A role that can be taken on, and by whom. */
export interface FakeRole {
  /** What the trust policy asks for, where it asks. */
  readonly externalId?: string | undefined;
  /** The one token of a web identity that is accepted; without it the role is for access keys. */
  readonly webIdentityToken?: string | undefined;
  /** How long its credentials live. Default one hour. */
  readonly lifeMs?: number | undefined;
}

const HOUR_MS = 60 * 60 * 1000;

/**
 * One request of the query API of STS.
 *
 * @param verify checks the signature of the request
 * @returns the body, in XML
 * @throws AwsRefusal as STS would answer.
 */
export function answerSts(
  form: URLSearchParams,
  { roles, keys, verify }: { roles: ReadonlyMap<string, FakeRole>; keys: AccessKeys; verify: () => void },
): string {
  const action = form.get('Action') ?? '';
  if (action !== 'AssumeRole' && action !== 'AssumeRoleWithWebIdentity') {
    throw refusal('InvalidAction', `this stand-in does not know ${action}`);
  }
  if (action === 'AssumeRole') verify();
  const arn = form.get('RoleArn') ?? '';
  const role = roles.get(arn);
  const isIdentity = action === 'AssumeRoleWithWebIdentity';
  if (!role || (role.webIdentityToken !== undefined) !== isIdentity) throw denied(action, arn);
  if (isIdentity && form.get('WebIdentityToken') !== role.webIdentityToken) {
    throw refusal('InvalidIdentityToken', "Couldn't retrieve verification key from your identity provider");
  }
  if ((form.get('ExternalId') ?? undefined) !== role.externalId) throw denied(action, arn);
  const session = form.get('RoleSessionName') ?? '';
  return toXml(action, arn, session, keys.create(role.lifeMs ?? HOUR_MS));
}

/** STS names it without "Exception", and answers 403. */
function denied(action: string, arn: string): Error {
  return refusal('AccessDenied', `User is not authorized to perform: sts:${action} on resource: ${arn}`, 403);
}

function toXml(action: string, arn: string, session: string, key: FakeAccessKey): string {
  const user = `${arn.replace(':iam:', ':sts:').replace(':role/', ':assumed-role/')}/${session}`;
  return `<${action}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><${action}Result><AssumedRoleUser>
<AssumedRoleId>AROAEXAMPLE:${session}</AssumedRoleId><Arn>${user}</Arn></AssumedRoleUser><Credentials>
<AccessKeyId>${key.accessKeyId}</AccessKeyId><SecretAccessKey>${key.secretAccessKey}</SecretAccessKey>
<SessionToken>${key.sessionToken ?? ''}</SessionToken><Expiration>${key.expiration?.toISOString() ?? ''}</Expiration>
</Credentials></${action}Result><ResponseMetadata><RequestId>${randomUUID()}</RequestId></ResponseMetadata></${action}Response>`;
}

export function toXmlError(type: string, message: string): string {
  return `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>${type}</Code>
<Message>${message}</Message></Error><RequestId>${randomUUID()}</RequestId></ErrorResponse>`;
}
