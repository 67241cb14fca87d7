import { once } from 'node:events';
import { get, type IncomingMessage, type RequestOptions } from 'node:http';
import { get as getOverTls } from 'node:https';
import { connect as connectHttp2, type ClientHttp2Session } from 'node:http2';
import { connect, type Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { FaultProxy } from '@magic-hour-keys/testing/fault-proxy';

/** What a client of node:http met: an answer, an error, or both one after the other. */
export interface Met {
  readonly status?: number | undefined;
  readonly headers?: IncomingMessage['headers'] | undefined;
  readonly body?: string | undefined;
  /** The code of the error. */
  readonly error?: string | undefined;
}

export interface StartedRequest {
  readonly met: Promise<Met>;
  /** What has arrived so far. */
  readonly received: { headers: number; information: number; body: string };
  abort(): void;
}

/** One request on a connection of its own, by the client that Node itself brings. */
export function startRequest({ origin, ca }: FaultProxy, path = '/secret'): StartedRequest {
  const received = { headers: 0, information: 0, body: '' };
  const options: RequestOptions & { ca?: string | undefined } = { agent: false, ca };
  const sent = (ca === undefined ? get : getOverTls)(`${origin}${path}`, options);
  sent.on('information', () => (received.information += 1));
  const met = new Promise<Met>((resolve) => {
    let answer: Met = {};
    const fail = (error: Error): void => resolve({ ...answer, error: codeOf(error) });
    sent.once('error', fail);
    sent.once('response', (response) => {
      answer = { status: response.statusCode, headers: response.headers };
      received.headers += 1;
      response.setEncoding('utf8').on('data', (text: string) => (received.body += text));
      response.once('end', () => resolve({ ...answer, body: received.body }));
      response.once('error', fail);
    });
  });
  return { met, received, abort: () => void sent.destroy() };
}

export function request(proxy: FaultProxy, path?: string): Promise<Met> {
  return startRequest(proxy, path).met;
}

/** A bare connection that notes what it hears. */
export interface RawClient {
  readonly socket: Socket;
  readonly heard: Buffer[];
  /** How it ended: `"end"`, or the code of an error. */
  readonly ended: Promise<string>;
}

export async function openRaw({ origin }: FaultProxy): Promise<RawClient> {
  const socket = connect({ port: Number(new URL(origin).port), host: '127.0.0.1', allowHalfOpen: true });
  const heard: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => heard.push(chunk));
  const ended = new Promise<string>((resolve) => {
    socket.once('end', () => resolve('end'));
    socket.once('error', (error) => resolve(codeOf(error)));
  });
  await once(socket, 'connect');
  return { socket, heard, ended };
}

/** What a client of HTTP/2 met: how its stream and its session ended. */
export async function requestHttp2({
  origin,
  ca,
}: FaultProxy): Promise<{ readonly reset: number; readonly goaway: number | undefined }> {
  const session: ClientHttp2Session = connectHttp2(origin, { ca });
  let goaway: number | undefined;
  session.on('goaway', (code) => (goaway = code));
  session.on('error', () => undefined);
  const stream = session.request({ ':path': '/secret' });
  stream.on('error', () => undefined);
  // Not by events.once: an error is what is expected here, and it must not end the wait.
  await new Promise<void>((resolve) => void stream.once('close', resolve));
  const reset = stream.rstCode;
  session.destroy();
  return { reset, goaway };
}

/** Lets sockets and promises go on until that is so; the test's own time limit ends a wait in vain. */
export async function until(check: () => boolean): Promise<void> {
  while (!check()) await nextTurn();
}

function codeOf(error: Error): string {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' ? code : error.message;
}
