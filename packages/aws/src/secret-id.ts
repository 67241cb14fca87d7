/** Such as `arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/magic-hour-AbCdEf`. */
const SECRET_ARN = /^arn:aws[a-z-]*:secretsmanager:([a-z0-9-]{1,63}):\d{12}:secret:[\w/+=.@-]{1,519}$/;

/** A name, by Secrets Manager's own rule, or the ARN of a secret. A name has no colon, so no other ARN fits. */
export const SECRET_ID: RegExp =
  /^(?:[\w/+=.@-]{1,512}|arn:aws[a-z-]*:secretsmanager:[a-z0-9-]{1,63}:\d{12}:secret:[\w/+=.@-]{1,519})$/;

/** The region an ARN names. The SDK sends it to its own region instead, where there is no such secret (measured). */
export function regionOf(secretId: string): string | undefined {
  return SECRET_ARN.exec(secretId)?.[1];
}

/**
 * A name such as `magic-hour-studio` ends as ARNs do, in a hyphen and six characters, and Secrets Manager may then look
 * for another secret; AWS's advice is the full ARN (API reference of GetSecretValue).
 */
export function endsLikeArn(secretId: string): boolean {
  return regionOf(secretId) === undefined && /-[A-Za-z0-9]{6}$/.test(secretId);
}
