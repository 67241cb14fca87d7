/// <reference lib="esnext.disposable" preserve="true" />
import { createHeldAnswers } from '../../held-answers.ts';
import { startLoopbackServer } from '../../loopback-server.ts';
import { createRequestLog } from '../../request-log.ts';
import { createOperationFaults } from '../operation-faults.ts';
import { createAccessKeys, type FakeAccessKey } from './access-keys.ts';
import { createAnswerer, type FakeAwsState } from './answer-request.ts';
import { createClientWatch } from './client-watch.ts';
import { CONTAINER_PATH, describeRequest, type FakeAwsRequest } from './describe-request.ts';
import type { AwsFault, FaultOptions } from './faults.ts';
import { createSecretAdmin, type FakeSecrets } from './secret-admin.ts';
import { createSecretStore } from './secret-store.ts';
import type { FakeRole } from './sts.ts';

export interface FakeAwsOptions {
  /** What the clock of AWS is ahead of this machine's, in milliseconds. Default 0. */
  readonly clockOffsetMs?: number | undefined;
}

/**
 * An account of AWS on 127.0.0.1: Secrets Manager, STS, and the two services that give credentials to containers and
 * to instances, all on one port. Signatures are checked for real.
 */
export interface FakeAws {
  /** Such as `http://127.0.0.1:41234`: the endpoint of every service. */
  readonly origin: string;
  readonly secrets: FakeSecrets;
  /** A new access key that is accepted; with a life in milliseconds a temporary one. */
  createAccessKey(lifeMs?: number, secretAccessKey?: string): FakeAccessKey;
  revokeAccessKey(accessKeyId: string): void;
  restoreAccessKey(accessKeyId: string): void;
  addRole(arn: string, role?: FakeRole): void;
  /** Makes requests for this permission fail, such as `"secretsmanager:GetSecretValue"`. */
  deny(action: string): void;
  allow(action: string): void;
  /**
   * How long the credentials of the instance's role live, in milliseconds; undefined for an instance without a role.
   * Default one hour.
   */
  setInstanceRole(lifeMs: number | undefined): void;
  /** The token that the endpoint of the container asks for. Default none. */
  setContainerToken(token: string | undefined): void;
  /** Where containers get their credentials. */
  readonly containerCredentials: string;
  /** What goes wrong from now on. */
  fail(fault: AwsFault, options?: FaultOptions): void;
  /** Ends all faults. */
  heal(): void;
  /** Requests that arrive from now on stay unanswered until `release()`; with `which`, only those. */
  hold(which?: (request: FakeAwsRequest) => boolean): void;
  release(): void;
  /** Resolves as soon as that many requests are held. */
  whenHeld(count: number): Promise<void>;
  /** Resolves as soon as that many requests were given up by the client before they were answered. */
  whenAbandoned(count: number): Promise<void>;
  /** Every request that was received whole, in order of arrival. They hold secrets. */
  readonly requests: readonly FakeAwsRequest[];
  /** How many requests there were of this operation, such as `"GetSecretValue"`. */
  count(operation: string): number;
  readonly openConnections: number;
  /** Resolves as soon as no connection is open. */
  whenDisconnected(): Promise<void>;
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

export async function startFakeAws({ clockOffsetMs = 0 }: FakeAwsOptions = {}): Promise<FakeAws> {
  const now = (): number => Date.now() + clockOffsetMs;
  const store = createSecretStore(now);
  const keys = createAccessKeys();
  const state: FakeAwsState = {
    store,
    keys,
    now,
    roles: new Map(),
    denied: new Set(),
    instanceLifeMs: 60 * 60 * 1000,
    containerToken: undefined,
  };
  const log = createRequestLog();
  const held = createHeldAnswers();
  const faults = createOperationFaults<AwsFault>();
  const watch = createClientWatch();
  const server = await startLoopbackServer(createAnswerer({ state, log, held, faults, watch }));

  async function close(): Promise<void> {
    held.end();
    await server.close();
  }

  return {
    origin: server.origin,
    secrets: createSecretAdmin(store, now),
    createAccessKey: (lifeMs, secretAccessKey) => keys.create(lifeMs, secretAccessKey),
    revokeAccessKey: (id) => keys.revoke(id),
    restoreAccessKey: (id) => keys.restore(id),
    addRole: (arn, role = {}) => void state.roles.set(arn, role),
    deny: (action) => void state.denied.add(action),
    allow: (action) => void state.denied.delete(action),
    setInstanceRole: (lifeMs) => void (state.instanceLifeMs = lifeMs),
    setContainerToken: (token) => void (state.containerToken = token),
    containerCredentials: server.origin + CONTAINER_PATH,
    fail: (fault, when) => faults.add(fault, when),
    heal: () => faults.clear(),
    hold: (which) => held.hold(which && ((request) => which(describeRequest(request)))),
    release: () => held.release(),
    whenHeld: (count) => held.whenHeld(count),
    whenAbandoned: (count) => watch.whenAbandoned(count),
    get requests() {
      return log.requests.map(describeRequest);
    },
    count: (operation) =>
      log.requests.filter((request) => describeRequest(request).operation === operation).length,
    get openConnections() {
      return server.open();
    },
    whenDisconnected: () => watch.whenDisconnected(),
    close,
    [Symbol.asyncDispose]: close,
  };
}
