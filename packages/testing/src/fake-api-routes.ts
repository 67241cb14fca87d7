import { randomUUID } from 'node:crypto';
import { bearerToken } from './bearer-token.ts';
import type { RecordedRequest } from './request-log.ts';

/**
 * - `normal`: as the real API, as far as its documentation goes
 * - `paymentRequired`: 402 for an accepted key
 * - `lookupFirst`: looks the id up before it authenticates, so that an unknown id is a 404 even for a bad key
 * - `throttled`: 429 with `Retry-After` for everything
 * - `broken`: 500 for everything
 * - `unauthorized`: 401 for everything
 */
export type FakeApiMode =
  | 'normal'
  | 'paymentRequired'
  | 'lookupFirst'
  | 'throttled'
  | 'broken'
  | 'unauthorized'
  | RedirectMode;

/** Redirects everything to the same path of another origin. */
export interface RedirectMode {
  /** An origin, such as that of a second fake API. */
  readonly redirectTo: string;
  /** Default 302. */
  readonly status?: 301 | 302 | 303 | 307 | 308 | undefined;
}

/** A text is sent as it is, anything else as JSON; chunks are sent one by one and may never end. */
export interface FakeApiAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly text?: string | undefined;
  readonly json?: unknown;
  readonly chunks?: Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array> | undefined;
}

/** What the API knows. */
export interface FakeApiState {
  mode: FakeApiMode;
  readonly acceptedKeys: Set<string>;
  /** The projects that were created here: kind and id, such as `"image/…"`. */
  readonly projects: Set<string>;
  readonly retryAfterSeconds: number;
  /** The size to which the body of a 401 is filled up. */
  readonly unauthorizedBodyBytes: number;
}

const CREDITS = 5;

/** What each generator makes, and under which name it tells the cost besides `credits_charged`. */
const GENERATORS: ReadonlyMap<string, { readonly kind: string; readonly cost: string }> = new Map([
  ['/v1/ai-image-generator', { kind: 'image', cost: 'frame_cost' }],
  ['/v1/text-to-video', { kind: 'video', cost: 'estimated_frame_cost' }],
  ['/v1/ai-voice-generator', { kind: 'audio', cost: 'frame_cost' }],
]);
const PROJECT_PATH = /^\/v1\/(image|video|audio)-projects\/([^/]+)$/;

/** The API's answer to one request. */
export function answerRequest(request: RecordedRequest, state: FakeApiState): FakeApiAnswer {
  return answerByMode(request, state) ?? answerByRoute(request, state);
}

/** The answers that depend on the mode alone, or undefined where the route decides. */
function answerByMode(request: RecordedRequest, state: FakeApiState): FakeApiAnswer | undefined {
  const { mode } = state;
  if (typeof mode === 'object') {
    return { status: mode.status ?? 302, headers: { location: `${mode.redirectTo}${request.path}` } };
  }
  const accepted = state.acceptedKeys.has(bearerToken(request.authorization) ?? '');
  switch (mode) {
    case 'broken':
      return problem(500, 'Internal Server Error');
    case 'throttled':
      return {
        ...problem(429, 'Too Many Requests'),
        headers: { 'retry-after': `${state.retryAfterSeconds}` },
      };
    case 'unauthorized':
      return unauthorized(state);
    case 'paymentRequired':
      return accepted ? problem(402, 'Payment Required') : unauthorized(state);
    case 'lookupFirst':
      if (isUnknownProject(request, state)) return problem(404, 'Not Found');
      break;
    case 'normal':
  }
  return accepted ? undefined : unauthorized(state);
}

function answerByRoute(request: RecordedRequest, { projects }: FakeApiState): FakeApiAnswer {
  const path = withoutQuery(request.path);
  const generator = request.method === 'POST' && GENERATORS.get(path);
  if (generator) {
    const id = randomUUID();
    projects.add(`${generator.kind}/${id}`);
    return { status: 200, json: { id, [generator.cost]: CREDITS, credits_charged: CREDITS } };
  }
  const project = findProject(request);
  if (!project || !projects.has(`${project.kind}/${project.id}`)) return problem(404, 'Not Found');
  const { id } = project;
  return {
    status: 200,
    json: { id, status: 'complete', enabled: true, credits_charged: CREDITS, downloads: [], error: null },
  };
}

function isUnknownProject(request: RecordedRequest, { projects }: FakeApiState): boolean {
  const project = findProject(request);
  return project !== undefined && !projects.has(`${project.kind}/${project.id}`);
}

function findProject({ method, path }: RecordedRequest): { kind: string; id: string } | undefined {
  const [, kind, id] = (method === 'GET' && PROJECT_PATH.exec(withoutQuery(path))) || [];
  return kind !== undefined && id !== undefined ? { kind, id } : undefined;
}

function withoutQuery(path: string): string {
  return path.replace(/[?#].*$/, '');
}

function problem(status: number, message: string): FakeApiAnswer {
  return { status, json: { message } };
}

function unauthorized({ unauthorizedBodyBytes }: FakeApiState): FakeApiAnswer {
  const text = JSON.stringify({ message: 'Unauthorized' });
  return {
    status: 401,
    headers: { 'content-type': 'application/json' },
    text: text.padEnd(unauthorizedBodyBytes, ' '),
  };
}
