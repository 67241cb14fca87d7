/// <reference lib="esnext.disposable" preserve="true" />
import type { RequestListener, ServerResponse } from 'node:http';
import { createHeldAnswers } from '../../held-answers.ts';
import { startLoopbackServer } from '../../loopback-server.ts';
import { createRequestLog, type RecordedRequest } from '../../request-log.ts';
import { createFaultQueue, type FaultOptions } from '../fault-queue.ts';
import type { VaultAnswer, VaultFault } from './vault-answer.ts';
import { createVaultControls, type VaultControls } from './vault-controls.ts';
import { answerVault } from './vault-routes.ts';
import { createVaultState } from './vault-state.ts';

export interface FakeVaultOptions {
  /** Milliseconds since 1970, for tokens and versions. Default the system's clock. */
  readonly wallMs?: (() => number) | undefined;
}

/** A Vault (or OpenBao) for tests: a real HTTP server on a free port of 127.0.0.1. It starts without any mount. */
export interface FakeVault extends VaultControls {
  /** Such as `http://127.0.0.1:41234`. */
  readonly origin: string;
  /** The next requests meet this instead of an answer, such as `{ status: 429, headers: { 'retry-after': '7' } }`. */
  fail(fault: VaultFault, options?: FaultOptions): void;
  /** Forgets all faults and lets requests go that hang. */
  heal(): void;
  /** Requests that arrive from now on stay unanswered until `release()`; with `which`, only those. */
  hold(which?: (request: RecordedRequest) => boolean): void;
  release(): void;
  /** Resolves as soon as that many requests are held. */
  whenHeld(count: number): Promise<void>;
  /** Every request that was received whole, in order of arrival. */
  readonly requests: readonly RecordedRequest[];
  /** `GET /v1/secret/data/magic-hour` and so on, for an assertion on all of them at once. */
  readonly calls: readonly string[];
  /** How many times a secret was asked for, whatever the answer was. */
  readonly secretReads: number;
  clearRequests(): void;
  /** How many connections are open now. */
  readonly openConnections: number;
  /** How many connections were ever opened. */
  readonly connections: number;
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

export async function startFakeVault({ wallMs = Date.now }: FakeVaultOptions = {}): Promise<FakeVault> {
  const state = createVaultState(wallMs);
  const log = createRequestLog();
  const held = createHeldAnswers();
  const faults = createFaultQueue<VaultFault>();
  const hanging = new Set<() => void>();
  const server = await startLoopbackServer(handle);

  function handle(...[message, response]: Parameters<RequestListener>): void {
    serve().catch(() => response.destroy());

    async function serve(): Promise<void> {
      const request = await log.record(message);
      await held.pass(request);
      let answer: VaultFault = faults.take(request) ?? answerVault(request, state);
      if (answer === 'hang') {
        await new Promise<void>((resolve) => hanging.add(resolve));
        answer = answerVault(request, state);
      }
      if (answer === 'disconnect') return void response.destroy();
      log.noteStatus(request, answer.status);
      send(response, answer);
    }
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
    ...createVaultControls(state),
    fail: (fault, options) => faults.add(fault, options),
    heal() {
      faults.clear();
      letGo();
    },
    hold: (which) => held.hold(which),
    release: () => held.release(),
    whenHeld: (count) => held.whenHeld(count),
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
  return method === 'GET' && !/^\/v1\/(sys|auth)\//.test(path);
}

function send(response: ServerResponse, { status, headers = {}, json, text = '' }: VaultAnswer): void {
  response.statusCode = status;
  if (json !== undefined) response.setHeader('content-type', 'application/json');
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  response.end(json === undefined ? text : JSON.stringify(json));
}
