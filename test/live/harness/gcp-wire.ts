import type { BreakMode } from '@magic-hour-keys/testing/conformance';
import type { GcpServer } from './gcp-admin.ts';
import { startGrpcRelay, type GrpcRelayAnswer } from './grpc-relay.ts';
import { startRelay, type RelayAnswer } from './relay.ts';

/** What stands between the backend and the server, whichever protocol they speak. */
export interface GcpWire {
  readonly origin: string;
  reads(): number;
  /** Every token that was sent. */
  logins(): readonly string[];
  break(mode: BreakMode, stored: string): void;
  heal(): void;
  close(): Promise<void>;
}

const GOOGLE = 'https://secretmanager.googleapis.com';
const [EXHAUSTED, UNAVAILABLE] = [8, 14];
/** google.rpc.Status of RESOURCE_EXHAUSTED, with a RetryInfo of three seconds. */
const RETRY_AFTER_THREE_SECONDS = encodeRetryStatus(3);

export function startGcpWire({ endpoint = GOOGLE, transport }: GcpServer): Promise<GcpWire> {
  return transport === 'grpc' ? overGrpc(endpoint) : overRest(endpoint);
}

async function overGrpc(upstream: string): Promise<GcpWire> {
  const relay = await startGrpcRelay({ upstream, isRead: (path) => path.endsWith('/AccessSecretVersion') });
  const answers: Readonly<Partial<Record<BreakMode, (stored: string) => GrpcRelayAnswer>>> = {
    throttled: () => ({ status: EXHAUSTED, details: RETRY_AFTER_THREE_SECONDS }),
    unavailable: () => ({ status: UNAVAILABLE }),
    hang: () => 'hang',
    malformed: (stored) => ({ message: Buffer.from(`<html>${stored}</html>`) }),
  };
  return {
    origin: relay.origin,
    reads: () => relay.reads,
    logins: () => relay.logins.map(tokenOf),
    break(mode, stored) {
      const answer = answers[mode]?.(stored);
      if (answer) relay.answer(answer);
    },
    heal: () => relay.heal(),
    close: () => relay.close(),
  };
}

async function overRest(upstream: string): Promise<GcpWire> {
  const isRead = ({ path }: { path: string }): boolean => /:access(?:\?|$)/.test(path);
  const relay = await startRelay({ upstream, isRead });
  const answers: Readonly<Partial<Record<BreakMode, (stored: string) => RelayAnswer>>> = {
    throttled: () => refusal(429, 'RESOURCE_EXHAUSTED', { 'retry-after': '3' }),
    unavailable: () => refusal(503, 'UNAVAILABLE'),
    hang: () => 'hang',
    malformed: (stored) => ({ status: 200, text: `<html>${stored}</html>` }),
  };
  return {
    origin: relay.origin,
    reads: () => relay.reads,
    logins: () => relay.requests.map(({ headers }) => tokenOf(headers.authorization ?? '')).filter(Boolean),
    break(mode, stored) {
      const answer = answers[mode]?.(stored);
      if (answer) relay.answer(answer);
    },
    heal: () => relay.heal(),
    close: () => relay.close(),
  };
}

function tokenOf(authorization: string): string {
  return authorization.replace(/^Bearer /, '');
}

function refusal(code: number, status: string, headers: Record<string, string> = {}): RelayAnswer {
  const text = JSON.stringify({ error: { code, status, message: 'refused' } });
  return { status: code, headers: { 'content-type': 'application/json', ...headers }, text };
}

/** Of a handful of bytes: each member is its number and type, its length, itself. */
function encodeRetryStatus(seconds: number): string {
  const sized = (tag: number, bytes: Buffer): Buffer =>
    Buffer.concat([Buffer.from([tag, bytes.length]), bytes]);
  const retryInfo = sized(0x0a, Buffer.from([0x08, seconds]));
  const type = sized(0x0a, Buffer.from('type.googleapis.com/google.rpc.RetryInfo'));
  const any = Buffer.concat([type, sized(0x12, retryInfo)]);
  return Buffer.concat([Buffer.from([0x08, EXHAUSTED]), sized(0x1a, any)]).toString('base64');
}
