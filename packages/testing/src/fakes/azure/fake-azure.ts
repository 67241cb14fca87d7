/// <reference lib="esnext.disposable" preserve="true" />
import { randomBytes, randomUUID } from 'node:crypto';
import { createCertificates } from '../../fault-proxy/certificates.ts';
import { createHeldAnswers } from '../../held-answers.ts';
import { startLoopbackServer, type LoopbackServer } from '../../loopback-server.ts';
import type { RecordedRequest } from '../../request-log.ts';
import { createOperationFaults } from '../operation-faults.ts';
import { answerVault, createAnswerer, type DenialReason } from './answer-request.ts';
import { answerAuthority, type AuthorityState, type FakeApplication } from './authority.ts';
import type { AzureAnswer } from './azure-answer.ts';
import type { AzureService, FakeAzureRequest } from './describe-request.ts';
import type { AzureFault, FaultOptions } from './faults.ts';
import { answerMetadata, type FakeIdentity } from './metadata-service.ts';
import { createSecretStore, type SecretStore } from './secret-store.ts';
import { createServiceLog } from './service-log.ts';
import { createTokenBook } from './token-book.ts';

export interface FakeAzureOptions {
  /** The vault speaks plain http, for tests that put something in front of it. Default false. */
  readonly isPlain?: boolean | undefined;
  /** What the vault says its tokens are for. Default `"https://vault.azure.net"`. */
  readonly resource?: string | undefined;
}

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
  // Without an operation a fault is one of the vault: the login has faults of its own.
  const faults = createOperationFaults<AzureFault, FakeAzureRequest>(({ service }) => service === 'vault');
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
