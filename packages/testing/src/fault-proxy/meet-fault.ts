import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { KeyRuntime } from '@magic-hour-keys/core';
import { acceptTls } from './accept-tls.ts';
import type { Certificate } from './certificates.ts';
import { createConnection } from './connection.ts';
import { passThrough } from './connection-faults.ts';
import { CONNECTION_FAULTS } from './fault-table.ts';
import { FAULTS, type FaultName, type FaultSettings } from './faults.ts';

/** What the next connection meets. */
export interface ActiveFault {
  readonly name: FaultName | undefined;
  readonly settings: FaultSettings;
  /** Of a proxy that speaks TLS. */
  readonly certificate: Certificate | undefined;
}

export interface Surroundings {
  readonly target: { readonly host: string; readonly port: number };
  readonly body: string;
  readonly runtime: Pick<KeyRuntime, 'setTimer'>;
  /** The client has hung up. */
  readonly onGone: (socket: Socket) => void;
}

/** Does to one connection what the fault does. */
export function meetFault(
  socket: Socket,
  { name, settings, certificate }: ActiveFault,
  { target, body, runtime, onGone }: Surroundings,
): void {
  const fault = (name && CONNECTION_FAULTS[name]) ?? passThrough;
  const { ms = 0, bytes = 0 } = { ...(name && FAULTS[name].settings), ...settings };
  const meet = (client: Duplex): void => {
    client.once('end', () => onGone(socket));
    fault(createConnection({ socket, client, target, ms, bytes, body, runtime }));
  };
  if (!certificate || isBeforeTls(name)) meet(socket);
  else acceptTls(socket, certificate, isHttp2(name) ? ['h2', 'http/1.1'] : ['http/1.1'], meet);
}

function isBeforeTls(name: FaultName | undefined): boolean {
  return name === 'tls-cut' || (name !== undefined && FAULTS[name].layer === 'connection');
}

function isHttp2(name: FaultName | undefined): boolean {
  return name !== undefined && FAULTS[name].layer === 'http2';
}
