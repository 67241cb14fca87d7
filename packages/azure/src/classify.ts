import type { KeyErrorCode, KeyFailure } from '@magic-hour-keys/core';
import { codeFromStatus, parseRetryAfter } from '@magic-hour-keys/core/author';
import { classifyLogin } from './auth/classify-login.ts';
import { isLoginFailure } from './auth/login-failure.ts';
import { codeOfNetwork, codeOfVault } from './error-codes.ts';
import { hintFor } from './hints.ts';
import type { AzureSettings } from './options.ts';

/** What is read of an error of the SDK. Its text, its response and its request are never passed on. */
export interface AzureErrorFacts {
  /** The error's class, such as `"RestError"`. */
  readonly name: string | undefined;
  /** Of Key Vault, such as `"SecretNotFound"`, or of the network, such as `"ECONNREFUSED"`. */
  readonly code: string | undefined;
  /** What Key Vault has beside a code that stands for several things, such as `"ForbiddenByRbac"`. */
  readonly innerCode: string | undefined;
  readonly status: number | undefined;
  /** Whether the answer has the form of Key Vault's errors. */
  readonly isVaultError: boolean;
  readonly requestId: string | undefined;
  readonly retryAfterMs: number | undefined;
  /** For telling apart what Key Vault names alike; never shown. */
  readonly text: string;
}

/** Words alone, so that no name made of a secret is passed on; keys have digits and underscores. */
const CLASS_NAME = /^[A-Z][A-Za-z]{2,63}$/;
const NETWORK_CODE = /^[A-Z][A-Z_]{2,63}$/;
const REQUEST_ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export type NetworkFailure = (error: unknown) => KeyFailure | undefined;

export function createClassifier(
  settings: AzureSettings,
  networkFailure: NetworkFailure,
): (raw: unknown) => KeyFailure {
  return (raw) => {
    if (isLoginFailure(raw)) return classifyLogin(raw, settings, networkFailure);
    return networkFailure(raw) ?? classifyAnswer(factsOf(raw), settings);
  };
}

function classifyAnswer(facts: AzureErrorFacts, settings: AzureSettings): KeyFailure {
  const { name, code: upstreamCode, innerCode, status, requestId, retryAfterMs } = facts;
  const code = codeOf(facts);
  return {
    code,
    hint: hintFor(code, facts, settings),
    retryAfterMs,
    upstream: { name: innerCode ?? upstreamCode ?? name, status, requestId },
  };
}

/** Whether the credentials themselves were refused, so that others may do better. */
export function isRefusedLogin(raw: unknown, settings: AzureSettings): boolean {
  if (isLoginFailure(raw)) return classifyLogin(raw, settings).code === 'unauthenticated';
  return codeOf(factsOf(raw)) === 'unauthenticated';
}

/** The vault says that there is no such secret or version. */
export function isNotFound(raw: unknown): boolean {
  return codeOf(factsOf(raw)) === 'not_found';
}

export function isDisabledSecret(raw: unknown): boolean {
  return codeOf(factsOf(raw)) === 'disabled';
}

function codeOf(facts: AzureErrorFacts): KeyErrorCode {
  const { code, innerCode, status } = facts;
  const known = codeOfVault(innerCode) ?? codeOfVault(code) ?? codeOfText(facts);
  // An error page that is no JSON has a status all the same.
  const isAnswered = status !== undefined && status >= 400;
  return known ?? (isAnswered ? undefined : codeOfNetwork(code)) ?? codeOfStatus(facts);
}

function codeOfText({ name, status, isVaultError, text }: AzureErrorFacts): KeyErrorCode | undefined {
  // The SDK refuses to send a token to a vault on another domain.
  if (/^The challenge (?:resource|contains|authorization)\b/.test(text)) return 'invalid_config';
  // An answer that is none of Key Vault: the SDK stumbles over its members, or over what is no JSON.
  if (name === 'TypeError' || name === 'SyntaxError') return 'unavailable';
  // Emulators tell it in the text alone, one of them with 404.
  if (isVaultError && /\bnot allowed on a disabled\b/i.test(text)) return 'disabled';
  // A page of something else: it must not end a key that the vault may well have.
  return status === 404 && !isVaultError ? 'unavailable' : undefined;
}

/** An error about a success, or a redirect, is an answer of something else. */
function codeOfStatus({ status, isVaultError }: AzureErrorFacts): KeyErrorCode {
  if (status !== undefined && status < 400) return 'unavailable';
  return status === 400 && isVaultError ? 'invalid_config' : codeFromStatus(status);
}

function factsOf(raw: unknown): AzureErrorFacts {
  const detail = member(member(raw, 'details'), 'error');
  const inner = member(detail, 'innerError') ?? member(detail, 'innererror');
  const code = member(raw, 'code') ?? member(detail, 'code');
  const status = member(raw, 'statusCode');
  const retryAfter = header(raw, 'retry-after');
  return {
    name: textIf(member(raw, 'name'), CLASS_NAME),
    code: textIf(code, CLASS_NAME) ?? textIf(code, NETWORK_CODE),
    innerCode: textIf(member(inner, 'code'), CLASS_NAME),
    status: typeof status === 'number' ? status : undefined,
    isVaultError: typeof detail === 'object' && detail !== null,
    requestId: textIf(header(raw, 'x-ms-request-id'), REQUEST_ID),
    retryAfterMs: retryAfter === undefined ? undefined : parseRetryAfter(retryAfter, Date.now()),
    text: textIf(member(raw, 'message'), /[^]/) ?? '',
  };
}

function header(raw: unknown, name: string): string | undefined {
  const headers = member(member(raw, 'response'), 'headers') as
    | { get?: (name: string) => unknown }
    | undefined;
  const value = typeof headers?.get === 'function' ? headers.get(name) : undefined;
  return typeof value === 'string' ? value : undefined;
}

function textIf(value: unknown, pattern: RegExp): string | undefined {
  return typeof value === 'string' && pattern.test(value) ? value : undefined;
}

function member(holder: unknown, name: string): unknown {
  return typeof holder === 'object' && holder !== null ? Reflect.get(holder, name) : undefined;
}
