import { randomUUID } from 'node:crypto';
import { bearerToken } from './bearer-token.ts';
import { GENERATORS, type FakeProject, type FakeProjects, type ProjectStatus } from './fake-api-projects.ts';
import type { StorageAdmin } from './fake-storage.ts';
import { CREDITS, describeProject } from './project-details.ts';
import type { RecordedRequest } from './request-log.ts';

/**
 * - `normal`: as the real API, as far as its documentation goes
 * - `paymentRequired`: 402 for an accepted key
 * - `lookupFirst`: looks the id up before it authenticates, so that an unknown id is a 404 even for a bad key
 * - `throttled`: 429 with `Retry-After` for everything
 * - `broken`: 500 for everything
 * - `unauthorized`: 401 for everything
 * - `truncated`: the normal answer, cut in the middle of its body
 */
export type FakeApiMode =
  | 'normal'
  | 'paymentRequired'
  | 'lookupFirst'
  | 'throttled'
  | 'broken'
  | 'unauthorized'
  | 'truncated'
  | SlowMode
  | RedirectMode
  | LocationMode;

/** The normal answer, later. */
export interface SlowMode {
  readonly delayMs: number;
}

/** Redirects everything to the same path of another origin. */
export interface RedirectMode {
  /** An origin, such as that of a second fake API. */
  readonly redirectTo: string;
  /** Default 302. */
  readonly status?: RedirectStatus | undefined;
}

/** Redirects everything to one place. */
export interface LocationMode {
  /** The header as it is sent, such as one of `listRedirectTargets()`. */
  readonly location: string;
  /** Default 302. */
  readonly status?: RedirectStatus | undefined;
}

export type RedirectStatus = 301 | 302 | 303 | 307 | 308;

/** A text is sent as it is, anything else as JSON; chunks are sent one by one and may never end. */
export interface FakeApiAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly text?: string | undefined;
  readonly json?: unknown;
  readonly chunks?: Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array> | undefined;
  /** How long it takes until the first byte. */
  readonly delayMs?: number | undefined;
  /** Whether the connection is cut when half of the text or JSON is sent. */
  readonly truncated?: boolean | undefined;
}

/** What the API knows. */
export interface FakeApiState {
  mode: FakeApiMode;
  readonly acceptedKeys: Set<string>;
  readonly projects: FakeProjects;
  /** What each project goes through, one status for each time that somebody asks; the last one stays. */
  readonly projectStatuses: readonly ProjectStatus[];
  readonly storage: StorageAdmin;
  readonly retryAfterSeconds: number;
  /** The size to which the body of a 401 is filled up. */
  readonly unauthorizedBodyBytes: number;
}

const PROJECT_PATH = /^\/v1\/(?:(image|video|audio)-projects|(face-detection))\/([^/]+)$/;

/** The API's answer to one request. */
export function answerRequest(request: RecordedRequest, state: FakeApiState): FakeApiAnswer {
  return answerByMode(request, state) ?? distort(answerByRoute(request, state), state.mode);
}

/** The answers that depend on the mode alone, or undefined where the route decides. */
function answerByMode(request: RecordedRequest, state: FakeApiState): FakeApiAnswer | undefined {
  const { mode } = state;
  const location = locationOf(mode, request);
  if (location) return location;
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
      if (findProject(request, state) === 'unknown') return problem(404, 'Not Found');
      break;
    case 'normal':
    case 'truncated':
    default:
  }
  return accepted ? undefined : unauthorized(state);
}

function locationOf(mode: FakeApiMode, { path }: RecordedRequest): FakeApiAnswer | undefined {
  if (typeof mode !== 'object' || 'delayMs' in mode) return undefined;
  const location = 'location' in mode ? mode.location : `${mode.redirectTo}${path}`;
  return { status: mode.status ?? 302, headers: { location } };
}

function distort(answer: FakeApiAnswer, mode: FakeApiMode): FakeApiAnswer {
  if (mode === 'truncated') return { ...answer, truncated: true };
  return typeof mode === 'object' && 'delayMs' in mode ? { ...answer, delayMs: mode.delayMs } : answer;
}

function answerByRoute(request: RecordedRequest, state: FakeApiState): FakeApiAnswer {
  const path = withoutQuery(request.path);
  if (request.method === 'POST') {
    const generator = GENERATORS.get(path);
    if (generator) {
      const { id } = state.projects.create(generator);
      const cost = generator.cost === undefined ? {} : { [generator.cost]: CREDITS };
      return { status: 200, json: { id, ...cost, credits_charged: CREDITS } };
    }
    if (path === '/v1/files/upload-urls') return answerUploadUrls(request.body, state.storage);
  }
  const project = findProject(request, state);
  if (project === undefined || project === 'unknown') return problem(404, 'Not Found');
  if (request.method === 'GET') return { status: 200, json: describeState(project, state) };
  state.projects.delete(project);
  return { status: 204 };
}

function describeState(project: FakeProject, { projectStatuses, storage }: FakeApiState): object {
  const status = projectStatuses[project.polls] ?? projectStatuses.at(-1) ?? 'complete';
  project.polls += 1;
  if (status !== 'complete') return describeProject(project, status, undefined);
  const path = `outputs/${project.id}/output.${EXTENSIONS[project.kind]}`;
  storage.put(path, `the ${project.kind} of ${project.id}`);
  const { url, expiresAt } = storage.sign('GET', path);
  return describeProject(project, status, { url, expires_at: expiresAt });
}

const EXTENSIONS: Readonly<Record<FakeProject['kind'], string>> = {
  image: 'png',
  video: 'mp4',
  audio: 'mp3',
  'face-detection': 'png',
};

/** One URL for each item, in the same order. */
function answerUploadUrls(body: string, storage: StorageAdmin): FakeApiAnswer {
  const asked = readItems(body);
  if (!asked) return problem(400, 'Bad Request');
  const items = asked.map(({ type, extension }) => {
    const path = `api-assets/${randomUUID()}/${type}.${extension}`;
    const { url, expiresAt } = storage.sign('PUT', path);
    return { upload_url: url, file_path: path, expires_at: expiresAt };
  });
  return { status: 200, json: { items } };
}

interface UploadItem {
  readonly type: string;
  readonly extension: string;
}

function readItems(body: string): readonly UploadItem[] | undefined {
  try {
    const { items } = JSON.parse(body) as { items?: unknown };
    if (!Array.isArray(items) || items.length === 0) return undefined;
    const valid = (items as (Partial<UploadItem> | null)[]).every(
      (item) => typeof item?.type === 'string' && typeof item.extension === 'string',
    );
    return valid ? (items as UploadItem[]) : undefined;
  } catch {
    return undefined;
  }
}

/** Undefined where the request is for no project at all. */
function findProject(
  { method, path }: RecordedRequest,
  { projects }: FakeApiState,
): FakeProject | 'unknown' | undefined {
  const match = method === 'GET' || method === 'DELETE' ? PROJECT_PATH.exec(withoutQuery(path)) : null;
  if (!match) return undefined;
  const [, kind, other = '', id = ''] = match;
  return projects.find(kind ?? other, id) ?? 'unknown';
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
