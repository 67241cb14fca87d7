import type { AwsOptions } from '@magic-hour-keys/aws';
import { withoutModes } from '../live-store.ts';
import { ADMIN_AGENT } from './aws-admin.ts';
import { countClientRequests } from './count-client-requests.ts';
import { startRelay, type RelayAnswer } from './relay.ts';

const READ = 'secretsmanager.GetSecretValue';
const DIRECT = 'nothing can stand in front of an endpoint with TLS, whose name is in the signature';

/** What is seen of the requests, and what can be done to them. */
export interface AwsWire {
  readonly options: Partial<AwsOptions>;
  readonly limits: Record<string, string>;
  count(): number;
  answer?(answer: RelayAnswer): void;
  heal?(): void;
  close(): Promise<void>;
}

export async function watchThroughRelay(endpoint: string): Promise<AwsWire> {
  const isRead = ({ headers }: { headers: Readonly<Record<string, unknown>> }): boolean =>
    headers['x-amz-target'] === READ;
  const relay = await startRelay({ upstream: endpoint, isRead, keepHost: true });
  return {
    options: { endpoint: relay.origin },
    limits: {},
    count: () => relay.reads,
    answer: relay.answer,
    heal: relay.heal,
    close: () => relay.close(),
  };
}

export async function watchDirectly(options: Partial<AwsOptions>): Promise<AwsWire> {
  const requests = countClientRequests((request) => {
    const isAdmin = String(request.getHeader('user-agent')).includes(ADMIN_AGENT);
    return request.getHeader('x-amz-target') === READ && !isAdmin;
  });
  return {
    options,
    limits: withoutModes({ throttled: DIRECT, unavailable: DIRECT, hang: DIRECT, malformed: DIRECT }),
    count: () => requests.count,
    close: async () => requests.stop(),
  };
}
