/// <reference lib="esnext.disposable" preserve="true" />
import { systemRuntime, type KeyRuntime } from '@magic-hour-keys/core';
import { startLoopbackServer } from '../loopback-server.ts';
import { createCertificates } from './certificates.ts';
import { createFaultSwitch } from './fault-switch.ts';
import type { FaultName, FaultSettings } from './faults.ts';
import { meetFault } from './meet-fault.ts';
import { openListener } from './proxy-listener.ts';

export interface FaultProxyOptions {
  /** Where requests go while all is well, such as `"http://127.0.0.1:41234"`. Default: a server that gives `body`. */
  readonly target?: string | undefined;
  /** Speaks TLS, with certificates made for this proxy. Needs the package `selfsigned`. Default false. */
  readonly tls?: boolean | undefined;
  /** What answers carry that the proxy makes itself. Default `{"status":"ok"}`. */
  readonly body?: string | undefined;
  /** Its timers pace the faults that take time, so that a test may move time itself. Default the system's. */
  readonly runtime?: Pick<KeyRuntime, 'setTimer'> | undefined;
}

/** Stands in front of a server on this machine, and does to its clients what networks and servers do. */
export interface FaultProxy {
  /** Where clients connect now. During `dns-failure` it has a name that does not exist, else `127.0.0.1`. */
  readonly origin: string;
  /** With TLS: the authority that clients have to trust, in PEM. */
  readonly ca: string | undefined;
  readonly fault: FaultName | undefined;
  /** How many clients are connected and have not hung up. */
  readonly openSockets: number;
  /** How many connections were ever accepted. */
  readonly connections: number;
  /**
   * Every connection from now on meets this fault; those that are open are cut, so that none escapes it.
   *
   * @throws TypeError for a fault of TLS where the proxy does not speak it
   */
  setFault(name: FaultName, settings?: FaultSettings): Promise<void>;
  /** Ends the fault, and the connections that met it. */
  heal(): Promise<void>;
  /** Destroys every connection and frees the port. Can be called twice. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

export async function startFaultProxy(options: FaultProxyOptions = {}): Promise<FaultProxy> {
  const { body = '{"status":"ok"}', runtime = systemRuntime() } = options;
  const certificates = options.tls === true ? await createCertificates() : undefined;
  const valid = await certificates?.issue('valid');
  const ownTarget = options.target === undefined ? await startAnswering(body) : undefined;
  const target = addressOf(options.target ?? ownTarget?.origin ?? '');
  const faults = createFaultSwitch({ certificates, valid, listener: () => listener, hostname });
  const listener = await openListener((socket) => {
    meetFault(socket, faults.active, { target, body, runtime, onGone: listener.noteGone });
  });
  let closing: Promise<void> | undefined;

  function hostname(): string {
    return `fault-proxy-${listener.port}.invalid`;
  }

  async function closeAll(): Promise<void> {
    faults.end();
    await listener.shut();
    await ownTarget?.close();
  }

  function close(): Promise<void> {
    closing ??= closeAll();
    return closing;
  }

  return {
    get origin() {
      const host = faults.active.name === 'dns-failure' ? hostname() : '127.0.0.1';
      return `${certificates ? 'https' : 'http'}://${host}:${listener.port}`;
    },
    ca: certificates?.ca,
    get fault() {
      return faults.active.name;
    },
    get openSockets() {
      return listener.openSockets();
    },
    get connections() {
      return listener.connections();
    },
    setFault: (name, settings) => faults.set(name, settings),
    heal: () => faults.set(undefined),
    close,
    [Symbol.asyncDispose]: close,
  };
}

function startAnswering(body: string): ReturnType<typeof startLoopbackServer> {
  return startLoopbackServer((request, response) => {
    request.resume();
    response.setHeader('content-type', 'application/json');
    response.end(body);
  });
}

/** @throws TypeError for anything but the origin of a server on this machine, without TLS */
function addressOf(origin: string): { readonly host: string; readonly port: number } {
  const { protocol, hostname, port } = new URL(origin);
  if (protocol !== 'http:' || port === '')
    throw new TypeError('a target looks like "http://127.0.0.1:41234"');
  return { host: hostname, port: Number(port) };
}
