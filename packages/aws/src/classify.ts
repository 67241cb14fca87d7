import type { KeyErrorCode, KeyFailure } from '@magic-hour-keys/core';
import { codeFromStatus, parseRetryAfter } from '@magic-hour-keys/core/author';
import { codeOfName, codeOfNetwork } from './error-codes.ts';
import { hintFor } from './hints.ts';
import type { AwsSettings } from './options.ts';

/** What is read of an error of the SDK. Its text, its response and its request are never passed on. */
export interface AwsErrorFacts {
  /** The error's class, such as `"ResourceNotFoundException"`. AWS answers 400 to nearly all, so the name decides. */
  readonly name: string | undefined;
  /** Of the network, such as `"ECONNREFUSED"`. */
  readonly networkCode: string | undefined;
  readonly status: number | undefined;
  readonly requestId: string | undefined;
  readonly retryAfterMs: number | undefined;
  /** For telling apart what AWS names alike; never shown. */
  readonly text: string;
}

/** Words alone, so that no name made of a secret is passed on; keys have digits and underscores. */
const CLASS_NAME = /^[A-Z][A-Za-z]{2,63}$/;
const NETWORK_CODE = /^[A-Z][A-Z0-9_]{2,63}$/;
const REQUEST_ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export function createClassifier(settings: AwsSettings): (raw: unknown) => KeyFailure {
  return (raw) => {
    const facts = factsOf(raw);
    const { name, networkCode, status, requestId, retryAfterMs } = facts;
    const code = codeOf(facts);
    return {
      code,
      hint: hintFor(code, facts, settings),
      retryAfterMs,
      upstream: { name: networkCode ?? name, status, requestId },
    };
  };
}

/** Whether the credentials themselves were refused, so that others may do better. */
export function isRefusedLogin(raw: unknown): boolean {
  return codeOf(factsOf(raw)) === 'unauthenticated';
}

/** The SDK has seen by the answer's date that the clock here is wrong, and will sign with the right time now. */
export function isClockCorrected(raw: unknown): boolean {
  return member(member(raw, '$metadata'), 'clockSkewCorrected') === true;
}

/** The store says that there is no such secret, label or version. */
export function isNotFound(raw: unknown): boolean {
  return codeOf(factsOf(raw)) === 'not_found';
}

function codeOf(facts: AwsErrorFacts): KeyErrorCode {
  const { name, networkCode, status } = facts;
  return codeOfNetwork(networkCode) ?? codeOfAmbiguous(facts) ?? codeOfName(name) ?? codeOfStatus(status);
}

/** Names that stand for several things, told apart by status or text. */
function codeOfAmbiguous({ name, status = 0, text }: AwsErrorFacts): KeyErrorCode | undefined {
  switch (name ?? '') {
    case 'InvalidRequestException':
      return /delet/i.test(text) ? 'disabled' : 'invalid_config';
    // The answer was no JSON. Older versions of the SDK do not say which status it had.
    case 'SyntaxError':
      return status === 0 ? 'unavailable' : undefined;
    // The metadata service of EC2: 404 means that the instance has no role.
    case 'ProviderError':
      return status >= 400 && status <= 499 ? 'unauthenticated' : 'unavailable';
    // The endpoint of a container: the SDK tells status and network code in the text alone.
    case 'CredentialsProviderError':
      return /status: 5\d\d|\bE[A-Z]{4,}\b/.test(text) ? 'unavailable' : 'unauthenticated';
    default:
      return undefined;
  }
}

/** An error about a success: the answer was not one of AWS, such as a page of a proxy. */
function codeOfStatus(status: number | undefined): KeyErrorCode {
  return status !== undefined && status < 300 ? 'unavailable' : codeFromStatus(status);
}

function factsOf(raw: unknown): AwsErrorFacts {
  const metadata = member(raw, '$metadata');
  const status = member(metadata, 'httpStatusCode') ?? member(raw, 'statusCode');
  const retryAfter = member(member(member(raw, '$response'), 'headers'), 'retry-after');
  return {
    name: textIf(member(raw, 'name'), CLASS_NAME),
    networkCode: textIf(member(raw, 'code'), NETWORK_CODE),
    status: typeof status === 'number' ? status : undefined,
    requestId: textIf(member(metadata, 'requestId'), REQUEST_ID),
    retryAfterMs: typeof retryAfter === 'string' ? parseRetryAfter(retryAfter, Date.now()) : undefined,
    text: textIf(member(raw, 'message'), /[^]/) ?? '',
  };
}

function textIf(value: unknown, pattern: RegExp): string | undefined {
  return typeof value === 'string' && pattern.test(value) ? value : undefined;
}

function member(holder: unknown, name: string): unknown {
  return typeof holder === 'object' && holder !== null ? Reflect.get(holder, name) : undefined;
}
