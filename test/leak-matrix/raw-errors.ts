import type { Canaries } from './canaries.ts';

// Errors as SDKs throw them, with secrets in all the places where real ones were found to have them.

/** As of axios: headers of the request, the body of the answer, and the text that went over the wire. */
export function sdkError(canaries: Canaries, status: number, message = `Request failed (${status})`): Error {
  const { credential } = canaries;
  const error = new Error(message);
  Object.assign(error, {
    status,
    code: 'ERR_BAD_RESPONSE',
    config: { url: '/v1/secret', headers: { Authorization: `Bearer ${credential}` } },
    request: { _header: `GET /v1/secret HTTP/1.1\r\nX-Vault-Token: ${credential}\r\n\r\n` },
    response: { status, headers: { 'retry-after': '7' }, data: storedDocument(canaries) },
  });
  return withHiddenMembers(error, canaries);
}

/** As of Azure's SDK: the answer is not JSON, so the message quotes it. */
export function quotingError({ key, credential, body }: Canaries): Error {
  return new SyntaxError(`Unexpected token in "${key}" (token ${credential}, ${body}) is not valid JSON`);
}

export function chainOfCauses(canaries: Canaries): Error {
  const middle = new Error('could not log in', { cause: quotingError(canaries) });
  return new Error('could not read the secret', { cause: middle });
}

export function aggregateError(canaries: Canaries): Error {
  const errors = [quotingError(canaries), sdkError(canaries, 500), chainOfCauses(canaries)];
  return new AggregateError(errors, `all of them failed, the last with ${canaries.body}`);
}

/** What `using` leaves when both the block and its end fail. */
export function suppressedError(canaries: Canaries): Error {
  const error = new Error('an error was suppressed');
  return Object.assign(error, { error: sdkError(canaries, 500), suppressed: quotingError(canaries) });
}

/** As of SDKs that take the name of their error from the body of the answer. */
export function errorNamedBy(secret: string): Error {
  const error = Object.assign(new Error('a text from the answer became the name'), { code: secret });
  error.name = secret;
  return error;
}

/** Shows its secrets in its own way, whatever it is asked for. */
export function talkativeError(canaries: Canaries): Error {
  const told = JSON.stringify(canaries);
  return Object.assign(new Error('ask me'), {
    toString: () => told,
    toJSON: () => canaries,
    [Symbol.for('nodejs.util.inspect.custom')]: () => told,
    [Symbol.toPrimitive]: () => told,
  });
}

/** Throws its secrets at whoever reads a member of it. */
export function trappedError(canaries: Canaries): Error {
  return new Proxy(quotingError(canaries), {
    get() {
      throw quotingError(canaries);
    },
  });
}

function withHiddenMembers(error: Error, { credential, body }: Canaries): Error {
  Object.defineProperty(error, '$response', { value: { body, token: credential } });
  Object.defineProperty(error, Symbol('kHeaders'), { value: [Buffer.from(`x-vault-token: ${credential}`)] });
  return error;
}

function storedDocument({ key, body }: Canaries): unknown {
  return { data: { api_key: key, database_password: body } };
}
