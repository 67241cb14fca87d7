import { awsKeySource } from '@magic-hour-keys/aws';
import type { BreakMode, SourceHarness } from '@magic-hour-keys/testing/conformance';
import { makeUniqueName, type LiveEnvironment, type LiveHarnesses, type LiveSetup } from '../live-store.ts';
import { accountAt, realAccount, STRANGER_OPTIONS, type AwsAccount } from './aws-account.ts';
import { openAwsAdmin, type AwsAdmin, type StoredValue } from './aws-admin.ts';
import { findAwsLimits, STRANGER } from './aws-limits.ts';
import type { AwsWire } from './aws-wire.ts';
import type { RelayAnswer } from './relay.ts';

const JSON_TYPE = { 'content-type': 'application/x-amz-json-1.1' };
const RETRY_AFTER_SECONDS = 3;

/** `MHK_LIVE_AWS_ENDPOINT` (any server that speaks Secrets Manager's protocol), or `MHK_LIVE_AWS=1` for AWS itself. */
export function setUpAws(environment: LiveEnvironment): LiveSetup {
  const { MHK_LIVE_AWS_ENDPOINT: endpoint, MHK_LIVE_AWS: isRealAws } = environment;
  if (endpoint) return runAgainst(accountAt(endpoint, environment));
  if (isRealAws === '1') return runAgainst(realAccount(environment));
  return {
    missing:
      'set MHK_LIVE_AWS_ENDPOINT to the URL of a server that speaks the protocol of Secrets Manager, or MHK_LIVE_AWS=1 for AWS with the credentials of the default chain',
  };
}

/** What all harnesses share. */
interface OpenAccount {
  readonly admin: AwsAdmin;
  readonly limits: Record<string, string>;
  readonly secrets: readonly string[];
}

function runAgainst(account: AwsAccount): LiveHarnesses {
  const left = new Set<string>();
  let opening: Promise<OpenAccount> | undefined;

  async function open(): Promise<OpenAccount> {
    const admin = await openAwsAdmin(account.admin);
    const { secretAccessKey, sessionToken } = await admin.credentials();
    const secrets = [secretAccessKey, STRANGER.secretAccessKey, ...(sessionToken ? [sessionToken] : [])];
    return { admin, limits: await findAwsLimits(admin), secrets };
  }

  return {
    async makeHarness() {
      opening ??= open();
      const opened = await opening;
      const secretId = makeUniqueName();
      left.add(secretId);
      const harness = makeAwsHarness(secretId, account, opened, await account.watchWire());
      return {
        ...harness,
        async close() {
          await harness.close();
          left.delete(secretId);
        },
      };
    },
    async cleanUp() {
      const opened = await opening?.catch(() => undefined);
      for (const secretId of left) await opened?.admin.remove(secretId);
      opened?.admin.close();
    },
  };
}

function makeAwsHarness(
  secretId: string,
  { options }: AwsAccount,
  { admin, limits, secrets }: OpenAccount,
  wire: AwsWire,
): SourceHarness {
  let stored: StoredValue = '';
  let isStranger = false;
  let isDenied = false;

  const answers: Readonly<Partial<Record<BreakMode, () => RelayAnswer>>> = {
    throttled: () => refusal(400, 'ThrottlingException', { 'retry-after': `${RETRY_AFTER_SECONDS}` }),
    unavailable: () => refusal(500, 'InternalServiceError'),
    hang: () => 'hang',
    malformed: () => ({
      status: 200,
      headers: JSON_TYPE,
      text: `{"SecretString":${JSON.stringify(String(stored))},`,
    }),
  };

  return {
    name: 'aws',
    source: (overrides) =>
      awsKeySource({
        secretId,
        ...options,
        ...wire.options,
        ...(isStranger && STRANGER_OPTIONS),
        ...overrides,
      }),
    async put(value) {
      stored = value;
      await admin.put(secretId, value);
    },
    remove: () => admin.remove(secretId),
    disable: () => admin.markForDeletion(secretId),
    async break(mode) {
      const answer = answers[mode]?.();
      if (answer) return wire.answer?.(answer);
      if (mode === 'unauthenticated') isStranger = true;
      else isDenied = await admin.deny(secretId);
    },
    async heal() {
      wire.heal?.();
      isStranger = false;
      if (isDenied) await admin.allow(secretId);
      isDenied = false;
    },
    requestCount: () => wire.count(),
    secrets,
    fields: { whole: {}, field: (field) => ({ field }) },
    ...(wire.answer && { retryAfterMs: RETRY_AFTER_SECONDS * 1000 }),
    unsupported: { ...limits, ...wire.limits },
    async close() {
      await wire.close();
      await admin.remove(secretId);
    },
  };
}

function refusal(status: number, type: string, headers: Record<string, string> = {}): RelayAnswer {
  return {
    status,
    headers: { ...JSON_TYPE, ...headers },
    text: JSON.stringify({ __type: type, message: 'refused' }),
  };
}
