import type { LoginTrouble } from './login-trouble.ts';

/** No token was given. Nothing of the credential's own error is in it: that quotes what the authority sent. */
export interface LoginFailure extends Error {
  readonly trouble: LoginTrouble | undefined;
  /** The class of the credential's error. */
  readonly errorName: string | undefined;
  readonly entraCode: string | undefined;
  /** By the text of its error, which is all there is where the application's own credential failed. */
  readonly isTransient: boolean;
}

const BRAND = Symbol.for('magic-hour-keys.azure-login-failure');
const CLASS_NAME = /^[A-Z][A-Za-z]{2,63}$/;
/** Words of OAuth, of MSAL and of Node for what passes by itself. */
const TRANSIENT =
  /\b(?:server_error|temporarily_unavailable|network_error|endpoints_resolution_error|E(?:CONNREFUSED|CONNRESET|NOTFOUND|AI_AGAIN|TIMEDOUT|PIPE))\b/;

export function createLoginFailure(raw: unknown, trouble: LoginTrouble | undefined): LoginFailure {
  const { name, message, code, statusCode } = membersOf(raw);
  const text = `${typeof code === 'string' ? code : ''} ${typeof message === 'string' ? message : ''}`;
  const error = Object.assign(new Error('no token was given'), {
    name: 'LoginFailure',
    trouble,
    errorName: typeof name === 'string' && CLASS_NAME.test(name) ? name : undefined,
    entraCode: trouble?.entraCode ?? /\bAADSTS\d{4,9}\b/.exec(text)?.[0],
    isTransient: TRANSIENT.test(text) || (typeof statusCode === 'number' && statusCode >= 500),
  });
  Object.defineProperty(error, BRAND, { value: true });
  return error;
}

export function isLoginFailure(error: unknown): error is LoginFailure {
  return typeof error === 'object' && error !== null && BRAND in error;
}

function membersOf(raw: unknown): Readonly<Record<'name' | 'message' | 'code' | 'statusCode', unknown>> {
  const read = (name: string): unknown =>
    typeof raw === 'object' && raw !== null ? Reflect.get(raw, name) : undefined;
  return { name: read('name'), message: read('message'), code: read('code'), statusCode: read('statusCode') };
}
