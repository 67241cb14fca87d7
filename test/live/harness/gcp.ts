import { gcpKeySource, type GcpOptions } from '@magic-hour-keys/gcp';
import type { BreakMode, SourceHarness } from '@magic-hour-keys/testing/conformance';
import { makeUniqueName, type LiveEnvironment, type LiveSetup } from '../live-store.ts';
import { openGcpAdmin, type GcpAdmin, type GcpServer } from './gcp-admin.ts';
import { findGcpLimits, STRANGER, type GcpLimits } from './gcp-limits.ts';
import { startGcpWire, type GcpWire } from './gcp-wire.ts';

/** Most emulators take any. */
const PROJECT = 'mhk-live';

interface SharedGcp {
  readonly server: GcpServer;
  readonly admin: GcpAdmin;
  readonly limits: GcpLimits;
  /** Secrets that are still to be deleted. */
  readonly left: Set<string>;
}

/**
 * `MHK_LIVE_GCP_PROJECT` for Google itself, with Application Default Credentials; `MHK_LIVE_GCP_ENDPOINT` for another
 * server, without a login where it is plain http on this machine; `MHK_LIVE_GCP_TRANSPORT`, `grpc` or `rest`.
 */
export function setUpGcp(environment: LiveEnvironment): LiveSetup {
  const server = serverOf(environment);
  if (typeof server === 'string') return { missing: server };
  const left = new Set<string>();
  let opening: Promise<SharedGcp> | undefined;

  async function open(known: GcpServer): Promise<SharedGcp> {
    const admin = await openGcpAdmin(known);
    const limits = await findGcpLimits(admin, optionsFor(known, known.endpoint));
    return { server: known, admin, limits, left };
  }

  return {
    async makeHarness() {
      opening ??= open(server);
      return makeGcpHarness(await opening, await startGcpWire(server));
    },
    async cleanUp() {
      const shared = await opening?.catch(() => undefined);
      for (const secret of left) await shared?.admin.remove(secret);
      await shared?.admin.close();
    },
  };
}

/** Or what is to be set. */
function serverOf(environment: LiveEnvironment): GcpServer | string {
  const {
    MHK_LIVE_GCP_ENDPOINT: given,
    MHK_LIVE_GCP_TRANSPORT: transport,
    MHK_LIVE_GCP_PROJECT: project,
  } = environment;
  if (transport && transport !== 'grpc' && transport !== 'rest')
    return 'set MHK_LIVE_GCP_TRANSPORT to grpc or rest';
  if (!given && !project) {
    return 'set MHK_LIVE_GCP_ENDPOINT to the URL of a server that speaks the protocol of Secret Manager (and MHK_LIVE_GCP_TRANSPORT to grpc or rest), or MHK_LIVE_GCP_PROJECT alone to a project of Google, with Application Default Credentials that may administer secrets there';
  }
  // As emulators print it: host and port alone.
  const endpoint = !given || given.includes('://') ? given : `http://${given}`;
  return {
    endpoint: endpoint || undefined,
    transport: transport === 'rest' ? 'rest' : 'grpc',
    project: project || PROJECT,
  };
}

function optionsFor({ transport, project }: GcpServer, endpoint: string | undefined): GcpOptions {
  return { secret: 'unset', project, transport, endpoint };
}

async function makeGcpHarness(shared: SharedGcp, wire: GcpWire): Promise<SourceHarness> {
  const { server, admin, limits, left } = shared;
  const secret = makeUniqueName();
  const needsNoLogin = server.endpoint?.startsWith('http:') === true;
  const auth = { method: needsNoLogin ? 'none' : 'default' } as const;
  let stored: string | Uint8Array = '';
  let version = '';
  let pinned: string | undefined;
  let isStranger = false;
  left.add(secret);

  return {
    name: 'gcp',
    source: (overrides) =>
      gcpKeySource({
        ...optionsFor(server, wire.origin),
        secret,
        auth,
        version: pinned,
        ...(isStranger && STRANGER),
        ...overrides,
      }),
    async put(value) {
      stored = value;
      version = await admin.add(secret, value);
    },
    remove: () => admin.remove(secret),
    async disable() {
      await admin.disable(secret, version);
      // Where `latest` is never a disabled version, the version itself has to be asked for.
      if (limits.latestFallsBack || !(await admin.canRead(secret, 'latest'))) pinned = version;
    },
    async break(mode: BreakMode) {
      if (mode === 'unauthenticated') isStranger = true;
      else wire.break(mode, String(stored));
    },
    async heal() {
      isStranger = false;
      wire.heal();
    },
    requestCount: () => wire.reads(),
    get secrets() {
      return wire.logins();
    },
    fields: { whole: {}, field: (field) => ({ field }) },
    hostilePaths: [`../${secret}`, `${secret}/../other`, `${secret}:destroy`].map((path) => ({
      secret: path,
    })),
    retryAfterMs: 3000,
    unsupported: limits.unsupported,
    async close() {
      await wire.close();
      await admin.remove(secret);
      left.delete(secret);
    },
  };
}
