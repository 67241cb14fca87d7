/// <reference lib="esnext.disposable" preserve="true" />
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { createProjects, type ProjectStatus } from './fake-api-projects.ts';
import { answerRequest } from './fake-api-routes.ts';
import type { FakeApiAnswer, FakeApiMode, FakeApiState } from './fake-api-routes.ts';
import { startFakeStorage, type FakeStorage } from './fake-storage.ts';
import { createHeldAnswers } from './held-answers.ts';
import type { HeldAnswers } from './held-answers.ts';
import { startLoopbackServer } from './loopback-server.ts';
import { createRequestLog } from './request-log.ts';
import type { RecordedRequest, RequestLog } from './request-log.ts';

export interface FakeMagicHourApiOptions {
  /** The keys that are accepted from the start. */
  readonly accept?: readonly string[] | undefined;
  /** Default `"normal"`. */
  readonly mode?: FakeApiMode | undefined;
  /** Of the mode `throttled`. Default 1. */
  readonly retryAfterSeconds?: number | undefined;
  /** Fills the body of every 401 up to this size, for clients that must read it away. Default: as short as it is. */
  readonly unauthorizedBodyBytes?: number | undefined;
  /**
   * What each project goes through, one status for each time that somebody asks for it; the last one stays. Default
   * `["complete"]`.
   */
  readonly projectStatuses?: readonly ProjectStatus[] | undefined;
  readonly onRequest?: AnswerHook | undefined;
}

/**
 * Answers a request by itself, or cuts the connection; where it gives undefined, the API answers. If it throws, the
 * answer is a 500 that says so.
 */
export type AnswerHook = (request: RecordedRequest) => HookAnswer | Promise<HookAnswer>;
type HookAnswer = FakeApiAnswer | 'disconnect' | undefined;

/** A Magic Hour API for tests: a real HTTP server on a free port of 127.0.0.1. */
export interface FakeMagicHourApi {
  /** Such as `http://127.0.0.1:41234`. */
  readonly origin: string;
  /** Where its signed URLs for uploads and downloads lead. */
  readonly storage: FakeStorage;
  accept(key: string): void;
  revoke(key: string): void;
  setMode(mode: FakeApiMode): void;
  /**
   * Requests that arrive from now on stay unanswered until `release()`; with `which`, only those. Each is judged when
   * it is released, so a key that is revoked meanwhile is refused.
   */
  hold(which?: (request: RecordedRequest) => boolean): void;
  release(): void;
  /** Resolves as soon as that many requests are held; rejects when the API is closed before. */
  whenHeld(count: number): Promise<void>;
  /** Every request that was received whole, in order of arrival. */
  readonly requests: readonly RecordedRequest[];
  /** How many requests were answered with each status, such as `{ 200: 49, 401: 1 }`. */
  readonly statusCounts: Readonly<Record<number, number>>;
  /** Forgets the requests so far. */
  clearRequests(): void;
  /** How many connections were ever opened. */
  readonly connections: number;
  /** How many connections are open now. */
  readonly openConnections: number;
  /** Destroys every connection and frees the port. Can be called twice. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

export async function startFakeMagicHourApi(
  options: FakeMagicHourApiOptions = {},
): Promise<FakeMagicHourApi> {
  const storage = await startFakeStorage();
  const state: FakeApiState = {
    storage,
    mode: options.mode ?? 'normal',
    acceptedKeys: new Set(options.accept),
    projects: createProjects(),
    projectStatuses: options.projectStatuses ?? ['complete'],
    retryAfterSeconds: options.retryAfterSeconds ?? 1,
    unauthorizedBodyBytes: options.unauthorizedBodyBytes ?? 0,
  };
  const log = createRequestLog();
  const held = createHeldAnswers();

  const serve = createHandler({ state, log, held, onRequest: options.onRequest });
  const server = await startLoopbackServer(serve);

  async function close(): Promise<void> {
    held.end();
    await Promise.all([server.close(), storage.close()]);
  }

  return {
    origin: server.origin,
    storage,
    accept: (key) => void state.acceptedKeys.add(key),
    revoke: (key) => void state.acceptedKeys.delete(key),
    setMode: (mode) => void (state.mode = mode),
    hold: (which) => held.hold(which),
    release: () => held.release(),
    whenHeld: (count) => held.whenHeld(count),
    requests: log.requests,
    get statusCounts() {
      return log.statusCounts();
    },
    clearRequests: () => log.clear(),
    get connections() {
      return server.opened();
    },
    get openConnections() {
      return server.open();
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

interface HandlerParts {
  readonly state: FakeApiState;
  readonly log: RequestLog;
  readonly held: HeldAnswers;
  readonly onRequest: AnswerHook | undefined;
}

function createHandler({ state, log, held, onRequest }: HandlerParts): RequestListener {
  async function serve(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const request = await log.record(message);
    await held.pass(request);
    const answer = (await callHook(request, onRequest)) ?? answerRequest(request, state);
    if (answer === 'disconnect') {
      response.destroy();
      return;
    }
    log.noteStatus(request, answer.status);
    await send(response, answer);
  }

  return (message, response) => {
    // Only a client that went away in the middle gets here: there is nobody left to answer.
    serve(message, response).catch(() => response.destroy());
  };
}

async function callHook(request: RecordedRequest, onRequest: AnswerHook | undefined): Promise<HookAnswer> {
  try {
    return await onRequest?.(request);
  } catch {
    return { status: 500, json: { message: 'The onRequest hook of this fake API threw an error' } };
  }
}

async function send(response: ServerResponse, answer: FakeApiAnswer): Promise<void> {
  if (answer.delayMs !== undefined) await wait(answer.delayMs, undefined, { ref: false });
  response.statusCode = answer.status;
  if (answer.json !== undefined) response.setHeader('content-type', 'application/json');
  for (const [name, value] of Object.entries(answer.headers ?? {})) response.setHeader(name, value);
  if (answer.chunks) {
    await pipeline(Readable.from(answer.chunks), response);
    return;
  }
  const text = answer.text ?? (answer.json === undefined ? '' : JSON.stringify(answer.json));
  if (answer.truncated) {
    response.setHeader('content-length', Buffer.byteLength(text));
    response.write(text.slice(0, text.length / 2), () => response.destroy());
    return;
  }
  response.end(text);
}
