import type { Transport } from '@magic-hour-keys/core/node';
import type { ClusterLogin } from '../auth/cluster-login.ts';
import { createRefusal } from '../kubernetes-refusal.ts';
import { member, parseJson, textMember } from '../member.ts';
import type { ApiSettings } from '../options.ts';
import { refusalOf } from './ask-secret.ts';
import { readLines } from './json-lines.ts';

export interface SecretWatch {
  readonly login: ClusterLogin;
  readonly namespace: string;
  /** The version that was read last. */
  readonly seen: () => string | undefined;
  readonly onChange: () => void;
  readonly signal: AbortSignal;
}

const SHORTEST_S = 240;
const LONGEST_S = 300;
/** A connection that is half open never says so; the server ends every stream by its own time. */
const GRACE_S = 15;
/** Without the permission, somebody may give it later. */
const DENIED_MS = 600_000;
const MAX_LINE = 2 * 1_048_576;
const DENIED: ReadonlySet<number> = new Set([403, 404, 405]);

/**
 * One stream of change notices. It starts from resourceVersion 0: then the server first tells the state that it knows,
 * so that nothing is lost between two streams, and a Secret that has not been touched for long is never "too old".
 * Without a version it would wait until its cache has caught up, which an etcd before 3.4.25 can't tell it, and so ends
 * the stream with an error (seen on 1.34 with 3.4.23); it refuses bookmarks there as well. Not client-node's Watch, of
 * which one version never ends and the next ends a healthy stream after 30 seconds.
 *
 * @returns when the server ends the stream, or the signal is aborted
 * @throws KubernetesRefusal, TransportError; the signal's reason
 */
export async function watchSecret(
  transport: Transport,
  watch: SecretWatch,
  settings: ApiSettings,
): Promise<void> {
  const { runtime } = settings;
  const seconds = Math.round(SHORTEST_S + runtime.random() * (LONGEST_S - SHORTEST_S));
  const ended = new AbortController();
  const signal = AbortSignal.any([watch.signal, ended.signal]);
  let isOver = false;
  const giveUp = (): void => {
    isOver = true;
    ended.abort();
  };
  const cancel = runtime.setTimer((seconds + GRACE_S) * 1000, giveUp, false);
  try {
    const answer = await transport.open({
      method: 'GET',
      url: watchUrl(watch, seconds, settings),
      headers: { accept: 'application/json', ...watch.login.headers },
      signal,
      keepsProcessAlive: false,
    });
    if (answer.status === 200) return await follow(answer.chunks, watch, settings);
    ended.abort();
    // Asked again and again, it would only fill the audit log: without a watch the fresh period still holds.
    if (DENIED.has(answer.status)) return await pause(DENIED_MS, watch.signal, settings);
    throw refusalOf(answer, undefined, settings);
  } catch (error) {
    if (!isOver) throw error;
  } finally {
    cancel();
    ended.abort();
  }
}

function watchUrl({ login, namespace }: SecretWatch, seconds: number, { name }: ApiSettings): string {
  const query = new URLSearchParams({
    watch: 'true',
    // Without it, a permission for this one name does not hold.
    fieldSelector: `metadata.name=${name}`,
    resourceVersion: '0',
    timeoutSeconds: `${seconds}`,
  });
  return `${login.server}/api/v1/namespaces/${encodeURIComponent(namespace)}/secrets?${query.toString()}`;
}

async function follow(
  chunks: AsyncIterable<Uint8Array>,
  { seen, onChange }: SecretWatch,
  { name }: ApiSettings,
): Promise<void> {
  let told: string | undefined;
  for await (const line of readLines(chunks, MAX_LINE)) {
    const event = parseJson(line);
    const type = member(event, 'type');
    if (typeof type !== 'string') throw createRefusal({ status: 200, reason: 'Malformed' });
    const object = member(event, 'object');
    if (type === 'ERROR') return judgeError(object);
    const metadata = member(object, 'metadata');
    if (type === 'BOOKMARK' || textMember(metadata, 'name') !== name) continue;
    const version = `${type === 'DELETED' ? 'deleted ' : ''}${textMember(metadata, 'resourceVersion')}`;
    const isNews = version !== told && version !== seen();
    told = version;
    if (isNews) onChange();
  }
}

/** What is wrong is told inside of a stream that began well. A new one begins with the state of then. */
function judgeError(object: unknown): void {
  const code = member(object, 'code');
  if (code === 410) return;
  const status = typeof code === 'number' ? code : 500;
  throw createRefusal({ status, body: JSON.stringify(object) });
}

function pause(ms: number, signal: AbortSignal, { runtime }: ApiSettings): Promise<void> {
  return new Promise((resolve) => {
    const cancel = runtime.setTimer(ms, end, false);
    function end(): void {
      cancel();
      signal.removeEventListener('abort', end);
      resolve();
    }
    if (signal.aborted) return end();
    signal.addEventListener('abort', end, { once: true });
  });
}
