import { randomUUID } from 'node:crypto';
import type { RequestListener, ServerResponse } from 'node:http';
import type { HeldAnswers } from '../../held-answers.ts';
import type { RecordedRequest, RequestLog } from '../../request-log.ts';
import type { OperationFaults } from '../operation-faults.ts';
import type { AccessKeys } from './access-keys.ts';
import type { ClientWatch } from './client-watch.ts';
import { describeRequest, type FakeAwsRequest } from './describe-request.ts';
import type { AwsFault } from './faults.ts';
import { answerContainer, createInstanceService, type MetadataAnswer } from './metadata-services.ts';
import { isRefusal, refusal, type AwsRefusal } from './refusal.ts';
import { runOperation } from './secrets-manager.ts';
import type { SecretStore } from './secret-store.ts';
import { verifySignature, type Signature } from './signature.ts';
import { answerSts, toXmlError, type FakeRole } from './sts.ts';

export interface FakeAwsState {
  readonly store: SecretStore;
  readonly keys: AccessKeys;
  /** Milliseconds since 1970, by the clock of AWS. */
  readonly now: () => number;
  readonly roles: Map<string, FakeRole>;
  readonly denied: Set<string>;
  /** Undefined for an instance without a role. */
  instanceLifeMs: number | undefined;
  containerToken: string | undefined;
}

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly isCut?: boolean | undefined;
}

const JSON_TYPE = 'application/x-amz-json-1.1';
const HOUR_MS = 60 * 60 * 1000;

export function createAnswerer(parts: {
  readonly state: FakeAwsState;
  readonly log: RequestLog;
  readonly held: HeldAnswers;
  readonly faults: OperationFaults<AwsFault>;
  readonly watch: ClientWatch;
}): RequestListener {
  const { state, log, held, faults, watch } = parts;
  const judge = createJudge(state);

  async function serve(...[message, response]: Parameters<RequestListener>): Promise<void> {
    watch.note(message, response);
    const request = await log.record(message);
    await held.pass(request);
    const described = describeRequest(request);
    const fault = faults.take(described);
    if (fault === 'reset') {
      message.socket.resetAndDestroy();
      return;
    }
    const answer = fault ? answerFault(fault, described) : judge(request, described);
    log.noteStatus(request, answer.status);
    send(response, answer, new Date(state.now()));
  }

  return (message, response) => {
    // Only a client that went away in the middle gets here: there is nobody left to answer.
    serve(message, response).catch(() => response.destroy());
  };
}

/** What AWS would answer. */
function createJudge(state: FakeAwsState): (request: RecordedRequest, described: FakeAwsRequest) => Answer {
  const { keys, now } = state;
  const instance = createInstanceService(() =>
    state.instanceLifeMs === undefined ? undefined : keys.create(state.instanceLifeMs),
  );

  function verify(request: RecordedRequest, service: string): Signature {
    return verifySignature(request, { service, keys, nowMs: now() });
  }

  function answer(request: RecordedRequest, described: FakeAwsRequest): Answer {
    switch (described.service) {
      case 'secretsmanager': {
        const { region } = verify(request, 'secretsmanager');
        refuseDenied(state, described);
        const { operation, input } = described;
        return json(runOperation(operation, { store: state.store, input, region, nowMs: now() }));
      }
      case 'sts': {
        const form = new URLSearchParams(request.body);
        const text = answerSts(form, { roles: state.roles, keys, verify: () => void verify(request, 'sts') });
        return { status: 200, text, headers: { 'content-type': 'text/xml' } };
      }
      case 'container':
        return metadata(answerContainer(request, { token: state.containerToken, key: keys.create(HOUR_MS) }));
      case 'instance':
        return metadata(instance(request));
      case 'unknown':
        throw refusal('UnknownOperationException', 'no service of this stand-in answers that', 404);
    }
  }

  return (request, described) => {
    try {
      return answer(request, described);
    } catch (error) {
      if (isRefusal(error)) return refuse(error, described);
      throw error;
    }
  };
}

function refuseDenied({ denied }: FakeAwsState, { operation }: FakeAwsRequest): void {
  const action = `secretsmanager:${operation}`;
  if (!denied.has(action)) return;
  throw refusal(
    'AccessDeniedException',
    `User: arn:aws:iam::123456789012:user/worker is not authorized to perform: ${action} because no identity-based policy allows the ${action} action`,
  );
}

function answerFault(fault: Exclude<AwsFault, 'reset'>, described: FakeAwsRequest): Answer {
  const retryAfter = fault.retryAfterSeconds;
  const headers = retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) };
  if ('type' in fault) {
    const { type, status = 400, message = 'as the test asked for' } = fault;
    const answer = refuse({ awsType: type, status, message }, described);
    return { ...answer, headers: { ...answer.headers, ...headers } };
  }
  const { text, status = 200, contentType = JSON_TYPE, isCut } = fault;
  return { status, text, headers: { 'content-type': contentType, ...headers }, isCut };
}

function refuse({ awsType, message, status }: AwsRefusal, { service }: FakeAwsRequest): Answer {
  if (service !== 'sts') return json({ __type: awsType, message, Message: message }, status);
  return { status, text: toXmlError(awsType, message), headers: { 'content-type': 'text/xml' } };
}

function json(value: unknown, status = 200): Answer {
  return { status, text: JSON.stringify(value), headers: { 'content-type': JSON_TYPE } };
}

function metadata({ status, text }: MetadataAnswer): Answer {
  return { status, text, headers: { 'content-type': 'text/plain' } };
}

function send(response: ServerResponse, { status, text, headers, isCut }: Answer, date: Date): void {
  response.statusCode = status;
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  response.setHeader('date', date.toUTCString());
  response.setHeader('x-amzn-requestid', randomUUID());
  if (isCut !== true) {
    response.end(text);
    return;
  }
  response.setHeader('content-length', Buffer.byteLength(text) + 100);
  response.write(text, () => response.destroy());
}
