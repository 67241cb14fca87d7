/// <reference lib="esnext.disposable" preserve="true" />
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { TLSSocket } from 'node:tls';
import { bearerToken } from '../../bearer-token.ts';
import { createHeldAnswers } from '../../held-answers.ts';
import { startLoopbackServer } from '../../loopback-server.ts';
import { createRequestLog, type RecordedRequest } from '../../request-log.ts';
import { createFaultQueue, type FaultOptions } from '../fault-queue.ts';
import { answerKubernetes } from './api-routes.ts';
import { createClusterCertificates, type ClientCertificate } from './cluster-certificates.ts';
import { ANONYMOUS, type Identity } from './identities.ts';
import { writeKubeconfig } from './kubeconfig.ts';
import { createKubernetesControls, type KubernetesControls } from './kubernetes-controls.ts';
import { createKubernetesState } from './kubernetes-state.ts';
import type { KubernetesAnswer, KubernetesFault } from './status-answers.ts';
import { createWatchStreams, type WatchStreams } from './watch-streams.ts';

export interface FakeKubernetesOptions {
  /** Milliseconds since 1970, for tokens and times. Default the system's clock. */
  readonly wallMs?: (() => number) | undefined;
  /** False for http, as `kubectl proxy` speaks it; a login is needed all the same. Default true. */
  readonly isSecure?: boolean | undefined;
}

/** A Kubernetes API server for tests: on a free port of 127.0.0.1, with a CA of its own. */
export interface FakeKubernetes extends KubernetesControls {
  /** Such as `https://127.0.0.1:41234`. */
  readonly origin: string;
  /** The CA of the cluster, in PEM. */
  readonly ca: string;
  /** By which the user of that name logs in without a token. */
  issueClientCertificate(user: string, group?: string): Promise<ClientCertificate>;
  /** A kubeconfig with one context, `fake`, whose user is what is given, such as `{ token }`. */
  kubeconfig(user: object, more?: { readonly namespace?: string; readonly cluster?: object }): string;
  /** The next requests meet this instead of an answer, such as `{ status: 429, headers: { 'retry-after': '7' } }`. */
  fail(fault: KubernetesFault, options?: FaultOptions): void;
  /** Forgets all faults and lets requests go that hang. */
  heal(): void;
  /** Requests that arrive from now on stay unanswered until `release()`; with `which`, only those. */
  hold(which?: (request: RecordedRequest) => boolean): void;
  release(): void;
  /** Resolves as soon as that many requests are held. */
  whenHeld(count: number): Promise<void>;
  /** Sends each answer in parts of that many bytes. Undefined: whole. */
  splitAnswers(bytes: number | undefined): void;
  readonly watches: WatchStreams;
  /** Every request that was received whole, in order of arrival. */
  readonly requests: readonly RecordedRequest[];
  /** `GET /api/v1/namespaces/app/secrets/magic-hour` and so on, for an assertion on all of them at once. */
  readonly calls: readonly string[];
  /** How many times one Secret was asked for, whatever the answer was. Watches do not count. */
  readonly secretReads: number;
  clearRequests(): void;
  /** How many connections are open now. */
  readonly openConnections: number;
  /** How many connections were ever opened. */
  readonly connections: number;
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

export async function startFakeKubernetes({
  wallMs = Date.now,
  isSecure = true,
}: FakeKubernetesOptions = {}): Promise<FakeKubernetes> {
  const state = createKubernetesState(wallMs);
  const certificates = await createClusterCertificates();
  const log = createRequestLog();
  const held = createHeldAnswers();
  const faults = createFaultQueue<KubernetesFault>();
  const watches = createWatchStreams(state.store);
  const hanging = new Set<() => void>();
  let partBytes: number | undefined;
  const { ca, server: certificate } = certificates;
  // A client without a certificate may log in by a token.
  const server = await startLoopbackServer(handle, isSecure ? { ...certificate, clientCa: ca } : undefined);

  function handle(...[message, response]: Parameters<RequestListener>): void {
    serve().catch(() => response.destroy());

    async function serve(): Promise<void> {
      const request = await log.record(message);
      await held.pass(request);
      const fault = faults.take(request);
      if (fault === 'disconnect') return void response.destroy();
      if (fault === 'hang') await new Promise<void>((resolve) => hanging.add(resolve));
      const isAnswer = typeof fault === 'object';
      const answer = isAnswer ? fault : answerKubernetes(request, identify(message), state);
      response.setHeader('audit-id', randomUUID());
      if ('watch' in answer) return watches.start(response, answer.watch);
      log.noteStatus(request, answer.status);
      send(response, answer, partBytes);
    }
  }

  /** A token counts before a certificate, as it does for the real one. */
  function identify(message: IncomingMessage): Identity | undefined {
    const { authorization } = message.headers;
    if (authorization !== undefined) return state.identities.find(bearerToken(authorization) ?? '');
    return certificateUser(message) ?? ANONYMOUS;
  }

  function letGo(): void {
    for (const resolve of hanging) resolve();
    hanging.clear();
  }

  async function close(): Promise<void> {
    held.end();
    letGo();
    await server.close();
  }

  return {
    origin: server.origin,
    ca: certificates.ca,
    ...createKubernetesControls(state),
    issueClientCertificate: (user, group = 'system:authenticated') => certificates.issueClient(user, group),
    kubeconfig: (user, more) => writeKubeconfig({ server: server.origin, ca: certificates.ca }, user, more),
    fail: (fault, options) => faults.add(fault, options),
    heal() {
      faults.clear();
      letGo();
    },
    hold: (which) => held.hold(which),
    release: () => held.release(),
    whenHeld: (count) => held.whenHeld(count),
    splitAnswers: (bytes) => void (partBytes = bytes),
    watches,
    requests: log.requests,
    get calls() {
      return log.requests.map(({ method, path }) => `${method} ${path}`);
    },
    get secretReads() {
      return log.requests.filter(isSecretRead).length;
    },
    clearRequests: () => log.clear(),
    get openConnections() {
      return server.open();
    },
    get connections() {
      return server.opened();
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

function isSecretRead({ method, path }: RecordedRequest): boolean {
  return method === 'GET' && /\/secrets\/[^/?]+(\?|$)/.test(path);
}

function certificateUser({ socket }: IncomingMessage): Identity | undefined {
  const client = socket as Partial<TLSSocket>;
  if (!client.authorized) return undefined;
  const { subject } = client.getPeerCertificate?.() ?? {};
  const { CN: user, O: group } = subject as { CN?: string; O?: string };
  return user === undefined ? undefined : { user, groups: group === undefined ? [] : [group] };
}

function send(
  response: ServerResponse,
  { status, headers = {}, json, text = '' }: KubernetesAnswer,
  partBytes: number | undefined,
): void {
  response.statusCode = status;
  if (json !== undefined) response.setHeader('content-type', 'application/json');
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  const body = Buffer.from(json === undefined ? text : JSON.stringify(json));
  const size = partBytes ?? body.length;
  for (let at = 0; at < body.length; at += size) response.write(body.subarray(at, at + size));
  response.end();
}
