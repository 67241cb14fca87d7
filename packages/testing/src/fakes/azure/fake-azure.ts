/// <reference lib="esnext.disposable" preserve="true" />
import { randomBytes, randomUUID } from 'node:crypto';
import type { RequestListener } from 'node:http';
import { createCertificates } from '../../fault-proxy/certificates.ts';
import { createHeldAnswers, type HeldAnswers } from '../../held-answers.ts';
import { startLoopbackServer, type LoopbackServer } from '../../loopback-server.ts';
import { createRequestLog, type RecordedRequest } from '../../request-log.ts';
import { answerAuthority, type AuthorityState, type FakeApplication } from './authority.ts';
import { json, refusedAnswer, sendAnswer, type AzureAnswer } from './azure-answer.ts';
import { isRefusal, refusal } from './azure-refusal.ts';
import { describeRequest, type AzureService, type FakeAzureRequest } from './describe-request.ts';
import { createFaultQueue, type AzureFault, type FaultOptions, type FaultQueue } from './faults.ts';
import { answerMetadata, type FakeIdentity } from './metadata-service.ts';
import { createSecretStore, type SecretStore } from './secret-store.ts';
import { createTokenBook } from './token-book.ts';
import { answerVaultCall, parseVaultCall } from './vault-routes.ts';

export interface FakeAzureOptions {
  /** The vault speaks plain http, for tests that put something in front of it. Default false. */
  readonly isPlain?: boolean | undefined;
  /** What the vault says its tokens are for. Default `"https://vault.azure.net"`. */
  readonly resource?: string | undefined;
}

/** Why a known identity is refused. */
export type DenialReason = 'ForbiddenByRbac' | 'ForbiddenByPolicy' | 'ForbiddenByFirewall';

/** A tenant of Azure on 127.0.0.1: a vault, the authority that gives out tokens, and the metadata service of a machine. */
export interface FakeAzure {
  /** Such as `https://127.0.0.1:41234`. */
  readonly vaultUrl: string;
  readonly authorityHost: string;
  /** Plain http, for `AZURE_POD_IDENTITY_AUTHORITY_HOST`. */
  readonly metadataOrigin: string;
  /** The authority that signed the certificates, in PEM. */
  readonly ca: string;
  readonly tenantId: string;
  /** What somebody does in the portal of Azure, without a request. */
  readonly secrets: SecretStore;
  /** A new app registration that may log in. Its client secret is random by default. */
  createApplication(clientSecret?: string): FakeApplication;
  /** Whom the machine is; undefined for nobody. Default: the machine itself. */
  setIdentity(identity: FakeIdentity | undefined): void;
  /** How long tokens live that are given out from now on. Default one hour. */
  setTokenLife(lifeMs: number): void;
  /** A token, for a credential that has it already. */
  issueToken(lifeMs?: number): string;
  revokeTokens(): void;
  /** Every token that was given out. */
  readonly tokens: readonly string[];
  /** Refuses every identity. */
  deny(reason?: DenialReason): void;
  allow(): void;
  /** What goes wrong from now on. */
  fail(fault: AzureFault, options?: FaultOptions): void;
  /** Ends all faults. */
  heal(): void;
  /** Requests that arrive from now on stay unanswered until `release()`; with `which`, only those. */
  hold(which?: (request: FakeAzureRequest) => boolean): void;
  release(): void;
  /** Resolves as soon as that many requests are held. */
  whenHeld(count: number): Promise<void>;
  /** Every request that was received whole, in order of arrival. They hold secrets. */
  readonly requests: readonly FakeAzureRequest[];
  /** How many requests there were of this operation, such as `"GetSecret"`, answered or not. */
  count(operation: string): number;
  readonly openConnections: number;
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

const HOUR_MS = 60 * 60 * 1000;

export async function startFakeAzure(options: FakeAzureOptions = {}): Promise<FakeAzure> {
  const store = createSecretStore(() => Date.now());
  const state: AuthorityState = {
    tenantId: randomUUID(),
    applications: new Map(),
    tokens: createTokenBook(() => Date.now()),
    tokenLifeMs: HOUR_MS,
  };
  const log = createServiceLog();
  const held = createHeldAnswers();
  const faults = createFaultQueue();
  const certificates = await createCertificates();
  const certificate = await certificates.issue('valid');
  const controls: { identity: FakeIdentity | undefined; denial: DenialReason | undefined } = {
    identity: {},
    denial: undefined,
  };
  const start = (
    service: AzureService,
    answer: (request: RecordedRequest) => AzureAnswer,
    isPlain: boolean,
  ): Promise<LoopbackServer> =>
    startLoopbackServer(
      createAnswerer({ service, answer, log, held, faults }),
      isPlain ? undefined : certificate,
    );

  const authority = await start(
    'authority',
    (request) => answerAuthority(request, { state, origin: authority.origin }),
    false,
  );
  const metadata = await start(
    'metadata',
    (request) => answerMetadata(request, { state, identity: controls.identity }),
    true,
  );
  const challenge = `Bearer authorization="${authority.origin}/${state.tenantId}", resource="${options.resource ?? 'https://vault.azure.net'}"`;
  const vault = await start(
    'vault',
    (request) =>
      answerVault(request, { store, state, challenge, origin: vault.origin, denial: controls.denial }),
    options.isPlain ?? false,
  );
  const servers = [authority, metadata, vault];

  async function close(): Promise<void> {
    held.end();
    await Promise.all(servers.map((server) => server.close()));
  }

  return {
    vaultUrl: vault.origin,
    authorityHost: authority.origin,
    metadataOrigin: metadata.origin,
    ca: certificates.ca,
    tenantId: state.tenantId,
    secrets: store,
    createApplication(clientSecret = randomBytes(30).toString('base64url')) {
      const application: FakeApplication = {
        clientId: randomUUID(),
        clientSecret,
        certificates: [],
        federatedToken: undefined,
        isRevoked: false,
      };
      state.applications.set(application.clientId, application);
      return application;
    },
    setIdentity: (identity) => void (controls.identity = identity),
    setTokenLife: (lifeMs) => void (state.tokenLifeMs = lifeMs),
    issueToken: (lifeMs = HOUR_MS) => state.tokens.issue(lifeMs),
    revokeTokens: () => state.tokens.revokeAll(),
    tokens: state.tokens.all,
    deny: (reason = 'ForbiddenByRbac') => void (controls.denial = reason),
    allow: () => void (controls.denial = undefined),
    fail: (fault, when) => faults.add(fault, when),
    heal: () => faults.clear(),
    hold: (which) => held.hold(which && ((request) => which(log.describe(request)))),
    release: () => held.release(),
    whenHeld: (count) => held.whenHeld(count),
    get requests() {
      return log.all();
    },
    count: (operation) => log.all().filter((request) => request.operation === operation).length,
    get openConnections() {
      return servers.reduce((sum, server) => sum + server.open(), 0);
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** Three services share one log, so that the order of their requests shows. */
interface ServiceLog {
  record(service: AzureService, message: Parameters<RequestListener>[0]): Promise<RecordedRequest>;
  noteStatus(request: RecordedRequest, status: number): void;
  describe(request: RecordedRequest): FakeAzureRequest;
  all(): readonly FakeAzureRequest[];
}

function createServiceLog(): ServiceLog {
  const log = createRequestLog();
  const services = new WeakMap<RecordedRequest, AzureService>();
  const describe = (request: RecordedRequest): FakeAzureRequest =>
    describeRequest(services.get(request) ?? 'vault', request);
  return {
    async record(service, message) {
      const request = await log.record(message);
      services.set(request, service);
      return request;
    },
    noteStatus: (request, status) => log.noteStatus(request, status),
    describe,
    all: () => log.requests.map(describe),
  };
}

function createAnswerer(parts: {
  readonly service: AzureService;
  readonly answer: (request: RecordedRequest) => AzureAnswer;
  readonly log: ServiceLog;
  readonly held: HeldAnswers;
  readonly faults: FaultQueue;
}): RequestListener {
  const { service, answer, log, held, faults } = parts;

  async function serve(...[message, response]: Parameters<RequestListener>): Promise<void> {
    const request = await log.record(service, message);
    await held.pass(request);
    const fault = faults.take(service, log.describe(request).operation);
    if (fault === 'reset') {
      message.socket.destroy();
      return;
    }
    const given = fault ? answerFault(fault) : judge(request, answer);
    log.noteStatus(request, given.status);
    sendAnswer(response, given);
  }

  return (message, response) => {
    // Only a client that went away in the middle gets here: there is nobody left to answer.
    serve(message, response).catch(() => response.destroy());
  };
}

function judge(request: RecordedRequest, answer: (request: RecordedRequest) => AzureAnswer): AzureAnswer {
  try {
    return answer(request);
  } catch (error) {
    if (isRefusal(error)) return refusedAnswer(error);
    throw error;
  }
}

function answerVault(
  request: RecordedRequest,
  parts: {
    readonly store: SecretStore;
    readonly state: AuthorityState;
    readonly challenge: string;
    readonly origin: string;
    readonly denial: DenialReason | undefined;
  },
): AzureAnswer {
  const { store, state, challenge, origin, denial } = parts;
  const { token } = describeRequest('vault', request);
  if (!state.tokens.isValid(token)) {
    const message =
      token === undefined ? 'Request is missing a Bearer or PoP token.' : 'AKV10022: Invalid token.';
    return json({ error: { code: 'Unauthorized', message } }, 401, { 'www-authenticate': challenge });
  }
  const call = parseVaultCall(request);
  if (!call) throw refusal(404, 'NotFound', 'The request URI is not one of Key Vault.');
  if (denial) {
    throw refusal(403, 'Forbidden', `Caller is not authorized to perform action on resource.`, denial);
  }
  return answerVaultCall(call, { store, origin, request });
}

function answerFault(fault: Exclude<AzureFault, 'reset'>): AzureAnswer {
  if ('text' in fault) {
    const { text, status = 200, headers = {}, isCut } = fault;
    return {
      status,
      text,
      headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
      isCut,
    };
  }
  const { code, status, innerCode, message = 'as the test asked for', retryAfterSeconds } = fault;
  const answer = refusedAnswer(refusal(status, code, message, innerCode));
  const wait = retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) };
  return { ...answer, headers: { ...answer.headers, ...wait } };
}
