import type { SecretManagerServiceClient } from '@google-cloud/secret-manager';
import { member } from './member.ts';

/**
 * Closes the client, and with it a connection that is still being made. gRPC leaves that one alone: a server that
 * accepts and says nothing would keep one socket for each attempt (measured with grpc-js 1.14). There is no public way
 * to it; where a later version is built otherwise, that is all that is lost.
 */
export async function closeClient(client: SecretManagerServiceClient): Promise<void> {
  const connectors = await findConnectors(client);
  await client.close();
  for (const connector of connectors) {
    call(member(connector, 'session'), 'destroy');
    call(connector, 'shutdown');
  }
}

async function findConnectors(client: SecretManagerServiceClient): Promise<readonly unknown[]> {
  const channel = call(await client.secretManagerServiceStub, 'getChannel');
  const pool = member(member(member(channel, 'internalChannel'), 'subchannelPool'), 'pool');
  const entries = Object.values(Object(pool) as Record<string, unknown>).flat();
  return entries.map((entry) => member(member(entry, 'subchannel'), 'connector'));
}

function call(holder: unknown, name: string): unknown {
  const method = member(holder, name);
  return typeof method === 'function' ? Reflect.apply(method, holder, []) : undefined;
}
