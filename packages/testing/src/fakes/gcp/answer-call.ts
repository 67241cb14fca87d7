import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import type { Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import type { HeldAnswers } from '../../held-answers.ts';
import type { OperationFaults } from '../operation-faults.ts';
import type { GcpFault } from './faults.ts';
import { decodeCall, encodeResult, encodeStatus, frame, unframe } from './grpc-wire.ts';
import { httpStatusOf, isRefusal, numberOf, refusal, type GcpRefusal } from './refusal.ts';
import type { FakeGcpRequest, GcpRequestLog } from './request-log.ts';
import { parseCall, refusalJson, resultJson } from './rest-wire.ts';
import { runCall, type GcpCall, type GcpResult } from './secret-manager.ts';
import type { SecretStore } from './secret-store.ts';
import { answerTokenService, tokenServiceOf, type TokenState } from './token-services.ts';
import type { TwoProtocols } from './two-protocol-server.ts';

export interface FakeGcpState extends TokenState {
  readonly store: SecretStore;
  /** Permissions that nobody has, such as `"secretmanager.versions.access"`. */
  readonly denied: Set<string>;
  needsLogin: boolean;
}

export interface AnswererParts {
  readonly state: FakeGcpState;
  readonly log: GcpRequestLog;
  readonly held: HeldAnswers;
  readonly faults: OperationFaults<GcpFault>;
}

const PERMISSIONS: Readonly<Record<string, string>> = {
  AccessSecretVersion: 'secretmanager.versions.access',
  AddSecretVersion: 'secretmanager.versions.add',
  GetSecretVersion: 'secretmanager.versions.get',
  ListSecretVersions: 'secretmanager.versions.list',
};

export function createAnswerer(parts: AnswererParts): TwoProtocols {
  return { onRequest: createRestAnswerer(parts), onStream: createGrpcAnswerer(parts) };
}

/** What Google would answer. */
function judge(state: FakeGcpState, call: GcpCall, authorization: string | undefined): GcpResult {
  if (state.needsLogin) state.logins.check(authorization);
  const permission = PERMISSIONS[call.operation];
  if (permission !== undefined && state.denied.has(permission)) {
    throw refusal(
      'PERMISSION_DENIED',
      `Permission '${permission}' denied for resource '${call.name}' (or it may not exist).`,
      'IAM_PERMISSION_DENIED',
    );
  }
  return runCall(state.store, call);
}

function damaged(result: GcpResult): GcpResult {
  return result.kind === 'payload'
    ? { ...result, data: Buffer.concat([result.data, Buffer.from('x')]) }
    : result;
}

function createRestAnswerer({ state, log, held, faults }: AnswererParts): RequestListener {
  async function serve(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = (await buffer(message)).toString();
    const path = message.url ?? '';
    const call = parseCall(message.method ?? '', path, body);
    const operation = call?.operation ?? tokenServiceOf(path) ?? '';
    const request = log.record({ transport: 'rest', operation, name: call?.name ?? '', path, body }, message);
    response.once('close', () => log.noteEnd(request));
    await held.pass(request);
    const fault = faults.take(request);
    if (fault === 'reset') message.socket.resetAndDestroy();
    else if (fault !== undefined && fault !== 'damage') sendRestFault(response, fault, request, log);
    else if (call) answerRest(response, request, call, fault === 'damage');
    else {
      const answer = answerTokenService(request, state);
      sendRest(response, request, answer.status, answer.text, answer.headers);
    }
  }

  function sendRest(
    response: ServerResponse,
    request: FakeGcpRequest,
    status: number,
    text: string,
    headers: Readonly<Record<string, string>> = { 'content-type': 'application/json; charset=UTF-8' },
  ): void {
    log.noteStatus(request, status);
    response.writeHead(status, headers).end(text);
  }

  function answerRest(
    response: ServerResponse,
    request: FakeGcpRequest,
    call: GcpCall,
    isDamaged: boolean,
  ): void {
    try {
      const result = judge(state, call, request.authorization);
      sendRest(response, request, 200, JSON.stringify(resultJson(isDamaged ? damaged(result) : result)));
    } catch (error) {
      if (!isRefusal(error)) throw error;
      sendRest(response, request, httpStatusOf(error.status), JSON.stringify(refusalJson(error)));
    }
  }

  return (message, response) => {
    // Only a client that went away in the middle gets here: there is nobody left to answer.
    serve(message, response).catch(() => response.destroy());
  };
}

function sendRestFault(
  response: ServerResponse,
  fault: Exclude<GcpFault, string>,
  request: FakeGcpRequest,
  log: GcpRequestLog,
): void {
  const isText = 'text' in fault;
  const status = isText ? (fault.httpStatus ?? 200) : httpStatusOf(fault.status);
  const retryAfter = isText ? fault.retryAfterSeconds : undefined;
  log.noteStatus(request, status);
  response.writeHead(status, {
    'content-type': (isText ? fault.contentType : undefined) ?? 'application/json; charset=UTF-8',
    ...(retryAfter !== undefined && { 'retry-after': String(retryAfter) }),
  });
  response.end(isText ? fault.text : JSON.stringify(refusalJson(fault)));
}

const SERVICE = '/google.cloud.secretmanager.v1.SecretManagerService/';
const GRPC_TYPE = 'application/grpc';

function createGrpcAnswerer({ state, log, held, faults }: AnswererParts): TwoProtocols['onStream'] {
  async function serve(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): Promise<void> {
    const body = await buffer(stream);
    const path = headers[':path'] ?? '';
    const operation = path.startsWith(SERVICE) ? path.slice(SERVICE.length) : '';
    const call = decodeCall(operation, unframe(body));
    const about = { transport: 'grpc', operation, name: call.name, path, body: '' } as const;
    const socket = (stream.session?.socket ?? {}) as Socket;
    const request = log.record(about, { method: 'POST', headers, socket });
    stream.once('close', () => log.noteEnd(request));
    await held.pass(request);
    if (stream.destroyed) return;
    const fault = faults.take(request);
    if (fault === 'reset') stream.session?.destroy(undefined, 2);
    else if (fault !== undefined && fault !== 'damage') sendGrpcFault(stream, fault);
    else answerGrpc(stream, call, request, fault === 'damage');
    log.noteStatus(request, stream.sentHeaders === undefined ? 0 : 200);
  }

  function answerGrpc(
    stream: ServerHttp2Stream,
    call: GcpCall,
    request: FakeGcpRequest,
    isDamaged: boolean,
  ): void {
    try {
      const result = judge(state, call, request.authorization);
      sendGrpc(stream, encodeResult(isDamaged ? damaged(result) : result));
    } catch (error) {
      if (!isRefusal(error)) throw error;
      refuseGrpc(stream, error);
    }
  }

  return (stream, headers) => {
    stream.on('error', () => undefined);
    serve(stream, headers).catch(() => stream.destroy());
  };
}

function sendGrpc(stream: ServerHttp2Stream, message: Uint8Array): void {
  stream.respond({ ':status': 200, 'content-type': GRPC_TYPE }, { waitForTrailers: true });
  stream.once('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
  stream.end(frame(message));
}

function refuseGrpc(stream: ServerHttp2Stream, refused: GcpRefusal): void {
  stream.respond(
    {
      ':status': 200,
      'content-type': GRPC_TYPE,
      'grpc-status': String(numberOf(refused.status)),
      'grpc-message': encodeURIComponent(refused.message),
      'grpc-status-details-bin': encodeStatus(refused).toString('base64'),
    },
    { endStream: true },
  );
}

function sendGrpcFault(stream: ServerHttp2Stream, fault: Exclude<GcpFault, string>): void {
  if (!('text' in fault)) {
    refuseGrpc(stream, fault);
    return;
  }
  const { text, httpStatus = 200, contentType = GRPC_TYPE } = fault;
  const bytes = Buffer.from(text);
  if (httpStatus === 200 && contentType === GRPC_TYPE) {
    sendGrpc(stream, bytes);
    return;
  }
  stream.respond({ ':status': httpStatus, 'content-type': contentType });
  stream.end(bytes);
}
