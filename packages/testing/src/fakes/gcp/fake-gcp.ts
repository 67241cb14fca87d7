/// <reference lib="esnext.disposable" preserve="true" />
import { createHeldAnswers } from '../../held-answers.ts';
import type { RecordedRequest } from '../../request-log.ts';
import { createOperationFaults } from '../operation-faults.ts';
import { createAnswerer, type FakeGcpState } from './answer-call.ts';
import type { FaultOptions, GcpFault } from './faults.ts';
import { createLogins, type FakeServiceAccountKey } from './logins.ts';
import { createGcpRequestLog, type FakeGcpRequest } from './request-log.ts';
import { createSecretAdmin, type FakeGcpSecrets } from './secret-admin.ts';
import { createSecretStore } from './secret-store.ts';
import { STS_PATH } from './token-services.ts';
import { startTwoProtocolServer } from './two-protocol-server.ts';

export interface FakeGcpOptions {
  /** The id of the one project there is. Default `"my-project"`. */
  readonly project?: string | undefined;
  /** Whether Secret Manager asks for a login, which most emulators do not. Default true. */
  readonly needsLogin?: boolean | undefined;
}

/**
 * A project of Google Cloud on 127.0.0.1: Secret Manager over gRPC (HTTP/2 without TLS) and over REST, and the
 * services that give out tokens: metadata server, STS, impersonation. All of it on one port.
 */
export interface FakeGcp {
  /** Such as `http://127.0.0.1:41234`: the endpoint of every service. */
  readonly origin: string;
  readonly project: string;
  readonly secrets: FakeGcpSecrets;
  /** A new access token that is accepted. */
  issueToken(lifeSeconds?: number): string;
  /** The key of a service account, whose signature is checked for real. */
  createServiceAccountKey(): FakeServiceAccountKey;
  /** A configuration of workload identity federation; `tokenFile` holds what the identity provider signed. */
  workloadIdentity(tokenFile: string, options?: { readonly impersonate?: string | undefined }): object;
  /** STS takes this token of the identity provider from now on. */
  trust(subjectToken: string): void;
  /** This service account may be acted as. */
  allowImpersonation(account: string): void;
  /** Whether the metadata server knows an account, and how long its tokens live. Default yes, an hour. */
  setMachine(machine: { readonly hasAccount: boolean; readonly lifeSeconds?: number | undefined }): void;
  /** No login is accepted any more. */
  revokeLogins(): void;
  restoreLogins(): void;
  /** Makes requests for this permission fail, such as `"secretmanager.versions.access"`. */
  deny(permission: string): void;
  allow(permission: string): void;
  /** What goes wrong from now on. */
  fail(fault: GcpFault, options?: FaultOptions): void;
  /** Ends all faults. */
  heal(): void;
  /** Requests that arrive from now on stay unanswered until `release()`; with `which`, only those. */
  hold(which?: (request: FakeGcpRequest) => boolean): void;
  release(): void;
  /** Resolves as soon as that many requests are held. */
  whenHeld(count: number): Promise<void>;
  /** Resolves as soon as that many requests were given up by the client before they were answered. */
  whenAbandoned(count: number): Promise<void>;
  /** Every request that was received whole, in order of arrival. They hold tokens. */
  readonly requests: readonly FakeGcpRequest[];
  /** How many requests there were of this operation, such as `"AccessSecretVersion"`. */
  count(operation: string): number;
  readonly openConnections: number;
  /** Resolves as soon as no connection is open. */
  whenDisconnected(): Promise<void>;
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

export async function startFakeGcp({
  project = 'my-project',
  needsLogin = true,
}: FakeGcpOptions = {}): Promise<FakeGcp> {
  const store = createSecretStore(project);
  const logins = createLogins(project, () => `${server.origin}/token`);
  const state: FakeGcpState = {
    store,
    logins,
    needsLogin,
    denied: new Set(),
    subjectTokens: new Set(),
    impersonable: new Set(),
    hasAccount: true,
    lifeSeconds: undefined,
  };
  const log = createGcpRequestLog();
  const held = createHeldAnswers();
  const faults = createOperationFaults<GcpFault>();
  const server = await startTwoProtocolServer(createAnswerer({ state, log, held, faults }));

  async function close(): Promise<void> {
    held.end();
    await server.close();
  }

  return {
    origin: server.origin,
    project,
    secrets: createSecretAdmin(store),
    issueToken: (lifeSeconds) => logins.issueToken(lifeSeconds).token,
    createServiceAccountKey: () => logins.createServiceAccountKey(),
    workloadIdentity: (tokenFile, { impersonate } = {}) =>
      federationOf(server.origin, tokenFile, impersonate),
    trust: (token) => void state.subjectTokens.add(token),
    allowImpersonation: (account) => void state.impersonable.add(account),
    setMachine: ({ hasAccount, lifeSeconds }) => void Object.assign(state, { hasAccount, lifeSeconds }),
    revokeLogins: () => logins.revokeAll(),
    restoreLogins: () => logins.restore(),
    deny: (permission) => void state.denied.add(permission),
    allow: (permission) => void state.denied.delete(permission),
    fail: (fault, when) => faults.add(fault, when),
    heal: () => faults.clear(),
    hold: (which) => held.hold(which as ((request: RecordedRequest) => boolean) | undefined),
    release: () => held.release(),
    whenHeld: (count) => held.whenHeld(count),
    whenAbandoned: (count) => log.whenAbandoned(count),
    get requests() {
      return log.requests;
    },
    count: (operation) => log.requests.filter((request) => request.operation === operation).length,
    get openConnections() {
      return server.open();
    },
    whenDisconnected: () => server.whenDisconnected(),
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** What `gcloud iam workload-identity-pools create-cred-config` writes. */
function federationOf(origin: string, tokenFile: string, impersonate: string | undefined): object {
  const impersonation = `${origin}/v1/projects/-/serviceAccounts/${impersonate}:generateAccessToken`;
  return {
    type: 'external_account',
    audience:
      '//iam.googleapis.com/projects/123456789012/locations/global/workloadIdentityPools/pool/providers/ci',
    subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
    token_url: origin + STS_PATH,
    credential_source: { file: tokenFile },
    ...(impersonate !== undefined && { service_account_impersonation_url: impersonation }),
  };
}
