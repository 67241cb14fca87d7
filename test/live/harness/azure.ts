import { readFileSync } from 'node:fs';
import { azureKeySource, type AzureCredential, type AzureOptions } from '@magic-hour-keys/azure';
import type { BreakMode, SourceHarness } from '@magic-hour-keys/testing/conformance';
import {
  makeUniqueName,
  withoutModes,
  type LiveEnvironment,
  type LiveHarnesses,
  type LiveSetup,
} from '../live-store.ts';
import { ADMIN_AGENT, openAzureAdmin, type AzureAdmin, type AzureServer } from './azure-admin.ts';
import { findAzureLimits, STRANGER } from './azure-limits.ts';
import { countClientRequests } from './count-client-requests.ts';
import { startRelay, type Relay, type RelayAnswer } from './relay.ts';

/** Straight to the vault, over its own TLS; or past a relay, which can do to a read what no vault does. */
export type AzureWay = 'direct' | 'relay';

const DIRECT = 'nothing stands in front of the vault here; the other way to it has a relay';
const OF_AZURE = /\.(?:vault\.azure\.net|vault\.azure\.cn|vault\.usgovcloudapi\.net)$/;
const HOUR_MS = 60 * 60 * 1000;

/**
 * `MHK_LIVE_AZURE_VAULT_URL`: a vault, or an emulator of one. `MHK_LIVE_AZURE_TOKEN` for a token that is at hand, else
 * the default chain logs in. `MHK_LIVE_CA_FILE` for a private CA.
 */
export function setUpAzure(way: AzureWay): (environment: LiveEnvironment) => LiveSetup {
  return (environment) => {
    const { MHK_LIVE_AZURE_VAULT_URL: url, MHK_LIVE_AZURE_TOKEN: token } = environment;
    if (!url) {
      return {
        missing:
          'set MHK_LIVE_AZURE_VAULT_URL to the URL of a vault in which this suite may make and delete secrets (MHK_LIVE_AZURE_TOKEN for a token that is at hand, MHK_LIVE_CA_FILE for a private CA)',
      };
    }
    const server: AzureServer = {
      vaultUrl: url.replace(/\/+$/, ''),
      caFile: environment['MHK_LIVE_CA_FILE'] || undefined,
      isPrivate: !OF_AZURE.test(new URL(url).hostname),
      credential: token ? holding(token) : undefined,
    };
    return runAgainst(server, way, token ? [token] : []);
  };
}

function holding(token: string): AzureCredential {
  return { getToken: async () => ({ token, expiresOnTimestamp: Date.now() + HOUR_MS }) };
}

/** What the harnesses of one run share. */
interface SharedVault {
  readonly admin: AzureAdmin;
  readonly limits: Record<string, string>;
}

function runAgainst(server: AzureServer, way: AzureWay, secrets: readonly string[]): LiveHarnesses {
  const left = new Set<string>();
  let opening: Promise<SharedVault> | undefined;

  async function open(): Promise<SharedVault> {
    const admin = await openAzureAdmin(server, makeUniqueName());
    return { admin, limits: await findAzureLimits(admin) };
  }

  return {
    async makeHarness() {
      opening ??= open();
      const { admin, limits } = await opening;
      const name = makeUniqueName();
      const wire = way === 'direct' ? watchDirectly(server, name) : await watchThroughRelay(server, name);
      left.add(name);
      const options: AzureOptions = {
        name,
        vaultUrl: wire.vaultUrl,
        credential: server.credential,
        caFile: way === 'direct' ? server.caFile : undefined,
        apiVersion: admin.apiVersion,
        disableChallengeResourceVerification: server.isPrivate || way === 'relay' || undefined,
      };
      return makeAzureHarness(
        { admin, limits: { ...limits, ...wire.limits } },
        { options, wire, secrets, onClose: () => left.delete(name) },
      );
    },
    async cleanUp() {
      const shared = await opening?.catch(() => undefined);
      for (const name of left) await shared?.admin.remove(name);
    },
  };
}

interface HarnessParts {
  readonly options: AzureOptions;
  readonly wire: Wire;
  readonly secrets: readonly string[];
  readonly onClose: () => void;
}

function makeAzureHarness(
  { admin, limits }: SharedVault,
  { options, wire, secrets, onClose }: HarnessParts,
): SourceHarness {
  const { name } = options;
  let stored = '';
  let isStranger = false;

  const answers: Readonly<Partial<Record<BreakMode, () => RelayAnswer>>> = {
    throttled: () => refusal(429, 'Throttled', { 'retry-after': '3' }),
    unavailable: () => refusal(503, 'ServiceUnavailable'),
    hang: () => 'hang',
    malformed: () => ({ status: 200, headers: JSON_TYPE, text: `{"value":${JSON.stringify(stored)},` }),
  };

  return {
    name: 'azure',
    source: (overrides) =>
      azureKeySource({ ...options, ...(isStranger && { credential: STRANGER }), ...overrides }),
    async put(value) {
      stored =
        typeof value === 'string' ? value : new TextDecoder('utf-8', { ignoreBOM: true }).decode(value);
      await admin.put(name, stored);
    },
    remove: () => admin.remove(name),
    disable: () => admin.disable(name),
    async break(mode) {
      const answer = answers[mode]?.();
      if (answer) wire.answer?.(answer);
      else isStranger = true;
    },
    async heal() {
      wire.heal?.();
      isStranger = false;
    },
    requestCount: () => wire.count(),
    get secrets() {
      return [...new Set([...secrets, ...wire.tokens()])];
    },
    fields: { whole: {}, field: (field) => ({ field }) },
    hostilePaths: ['../keys/x', '..', 'a/b', 'a%2Fb', 'a?b', 'a#b', ''].map((hostile) => ({ name: hostile })),
    ...(wire.answer && { retryAfterMs: 3000 }),
    unsupported: limits,
    async close() {
      await wire.close();
      await admin.remove(name);
      onClose();
    },
  };
}

/** What is seen of the requests, and what can be done to them. */
interface Wire {
  readonly vaultUrl: string;
  readonly limits: Record<string, string>;
  count(): number;
  tokens(): readonly string[];
  answer?(answer: RelayAnswer): void;
  heal?(): void;
  close(): Promise<void>;
}

async function watchThroughRelay({ vaultUrl, caFile }: AzureServer, name: string): Promise<Wire> {
  const relay = await startRelay({
    upstream: vaultUrl,
    ca: caFile === undefined ? undefined : readFileSync(caFile, 'utf8'),
    isRead: ({ method, path }) => isRead(method, path, name),
  });
  return {
    vaultUrl: relay.origin,
    limits: {},
    count: () => relay.reads,
    tokens: () => tokensIn(relay),
    answer: relay.answer,
    heal: relay.heal,
    close: () => relay.close(),
  };
}

function watchDirectly({ vaultUrl }: AzureServer, name: string): Wire {
  const requests = countClientRequests((request) => {
    const isAdmin = String(request.getHeader('user-agent')).includes(ADMIN_AGENT);
    return isRead(request.method, request.path, name) && !isAdmin;
  });
  return {
    vaultUrl,
    limits: withoutModes({ throttled: DIRECT, unavailable: DIRECT, hang: DIRECT, malformed: DIRECT }),
    count: () => requests.count,
    tokens: () => [],
    close: async () => requests.stop(),
  };
}

function isRead(method: string, path: string, name: string): boolean {
  const { pathname } = new URL(path, 'https://vault.invalid');
  return method === 'GET' && pathname.startsWith(`/secrets/${name}`) && !pathname.endsWith('/versions');
}

function tokensIn({ requests }: Relay): string[] {
  return requests.flatMap(({ headers }) => /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1] ?? []);
}

const JSON_TYPE = { 'content-type': 'application/json; charset=utf-8' };

function refusal(status: number, code: string, headers: Record<string, string> = {}): RelayAnswer {
  return {
    status,
    headers: { ...JSON_TYPE, ...headers },
    text: JSON.stringify({ error: { code, message: 'refused' } }),
  };
}
