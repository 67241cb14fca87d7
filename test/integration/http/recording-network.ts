import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { Agent, type buildConnector } from 'undici';
import type { Network } from './clients/client-under-test.ts';

/** A request, and where it would have gone. */
export interface Contact {
  /** Such as `TLS to api.magichour.ai port 443`. */
  readonly socket: string;
  readonly authorization: string | undefined;
}

export interface RecordingNetwork extends Network, AsyncDisposable {
  /** Gives what was sent since the last time, and forgets it. */
  takeContacts(): readonly Contact[];
}

const ANSWER = 'HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 0\r\n\r\n';

/**
 * Takes the place of all sockets, at the lowest point that clients leave to others: it notes which host and port the
 * connection is asked for, and answers every request with 200. Nothing leaves the process, and no name is looked up.
 */
export function createRecordingNetwork(): RecordingNetwork {
  const contacts: Contact[] = [];

  function open(speech: 'TLS' | 'plain text', { host, port }: { host: string; port: unknown }): Socket {
    const standard = speech === 'TLS' ? 443 : 80;
    const socket = `${speech} to ${host.replace(/^\[(.*)\]$/, '$1')} port ${Number(port) || standard}`;
    return createSocket((head) => {
      const [, authorization] = /^authorization: (.*)$/im.exec(head) ?? [];
      contacts.push({ socket, authorization: authorization?.trim() });
    });
  }

  const connect: buildConnector.connector = ({ hostname, port, protocol }, callback) => {
    const socket = open(protocol === 'https:' ? 'TLS' : 'plain text', { host: hostname, port });
    // undici counts on it that no connection is there at once, and no answer either.
    setImmediate(() => callback(null, socket));
  };
  const agents = { http: new HttpAgent(), https: new HttpsAgent() };
  const openFor =
    (speech: 'TLS' | 'plain text') =>
    (options: object): Socket =>
      open(speech, options as { host: string; port: unknown });
  agents.http.createConnection = openFor('plain text');
  agents.https.createConnection = openFor('TLS');
  const dispatcher = new Agent({ connect });
  return {
    agents,
    connect,
    dispatcher,
    takeContacts: () => contacts.splice(0),
    [Symbol.asyncDispose]: () => dispatcher.destroy(),
  };
}

/** @param onRequest gets the head of each request. */
function createSocket(onRequest: (head: string) => void): Socket {
  let sent = '';
  const socket = new Duplex({
    read() {},
    write(chunk: Buffer, _, callback) {
      sent += chunk.toString('latin1');
      callback();
      if (!sent.includes('\r\n\r\n')) return;
      onRequest(sent.slice(0, sent.indexOf('\r\n\r\n')));
      sent = '';
      setImmediate(() => {
        socket.push(ANSWER);
        socket.push(null);
      });
    },
  });
  const same = (): Duplex => socket;
  const likeSocket = { setTimeout: same, setKeepAlive: same, setNoDelay: same, ref: same, unref: same };
  return Object.assign(socket, likeSocket) as unknown as Socket;
}
