import type { Agent } from 'node:http';
import { KeyError } from '@magic-hour-keys/core';

/** A request, as the SDK's resources hand it to the core. */
export interface SdkRequest {
  readonly method: string;
  readonly path: string;
  readonly serviceName?: string | undefined;
  /** The names of what authorizes it: `bearerAuth`, or nothing. */
  readonly auth?: readonly string[] | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly opts?: SdkRequestOptions | undefined;
}

/** What a caller gives with one call. */
export interface SdkRequestOptions {
  readonly additionalHeaders?: Readonly<Record<string, string>> | undefined;
  readonly retries?: SdkRetries | undefined;
}

/** When the SDK sends a request again by itself. A status below 6 means a hundred: 4 is every 4xx. */
export interface SdkRetries {
  readonly statusCodes?: readonly number[] | undefined;
}

/** What the core is about to call node-fetch with. */
export interface SdkInit {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
  redirect?: string;
  agent?: Agent | ((url: SdkUrl) => Agent | undefined) | undefined;
}

/** As node-fetch has it where it asks for an agent. */
export interface SdkUrl {
  readonly protocol?: string | null;
}

/** The object behind all resources of a client. */
export interface SdkCore {
  readonly request: (config: SdkRequest) => Promise<unknown>;
  readonly buildRequestInit: (config: SdkRequest) => SdkInit;
  readonly buildUrl: (path: string, serviceName?: string) => string;
  readonly retries?: SdkRetries | undefined;
}

const KNOWN_VERSIONS = 'magic-hour 0.33.1 to 0.43.1';

/**
 * The core of a client, if it is built as those of the known versions. That is tried, because the SDK is generated and
 * promises nothing about its inside.
 *
 * @throws KeyError `unsupported` when it is built otherwise; `invalid_config` for what is no client.
 */
export function findCore(client: unknown): SdkCore {
  if (typeof client !== 'object' || client === null) {
    throw new KeyError({
      code: 'invalid_config',
      message: 'what was given is no client of the Magic Hour SDK',
      hint: 'Make one first: bindMagicHour(provider, new Client()), or use createMagicHourClient(provider, Client).',
    });
  }
  const core = (client as Readonly<Record<string, unknown>>)['_client'];
  if (isCore(core)) return core;
  throw unsupportedSdk('this client is not built as those of the known versions of the Magic Hour SDK');
}

export function unsupportedSdk(message: string): KeyError {
  return new KeyError({
    code: 'unsupported',
    message,
    hint:
      `Install ${KNOWN_VERSIONS}, or a newer @magic-hour-keys/http. Until then, make a client from the key of the ` +
      'moment: new Client({ token: (await provider.getKey()).reveal() }).',
  });
}

function isCore(core: unknown): core is SdkCore {
  const { request, buildRequestInit, buildUrl } = (core ?? {}) as Partial<SdkCore>;
  const isComplete = [request, buildRequestInit, buildUrl].every((member) => typeof member === 'function');
  return isComplete && buildsAsKnown(core as SdkCore);
}

function buildsAsKnown(core: SdkCore): boolean {
  try {
    const url: unknown = core.buildUrl('/v1');
    const { method, headers }: Partial<SdkInit> = core.buildRequestInit({ method: 'get', path: '/v1' });
    return typeof url === 'string' && url.endsWith('/v1') && method === 'GET' && isRecord(headers);
  } catch {
    return false;
  }
}

function isRecord(headers: unknown): boolean {
  return typeof headers === 'object' && headers !== null && !(Symbol.iterator in headers);
}
