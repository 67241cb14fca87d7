import type { RequestListener } from 'node:http';
import type { HeldAnswers } from '../../held-answers.ts';
import type { RecordedRequest } from '../../request-log.ts';
import type { OperationFaults } from '../operation-faults.ts';
import type { AuthorityState } from './authority.ts';
import { json, refusedAnswer, sendAnswer, type AzureAnswer } from './azure-answer.ts';
import { isRefusal, refusal } from './azure-refusal.ts';
import { describeRequest, type AzureService, type FakeAzureRequest } from './describe-request.ts';
import type { AzureFault } from './faults.ts';
import type { SecretStore } from './secret-store.ts';
import type { ServiceLog } from './service-log.ts';
import { answerVaultCall, parseVaultCall } from './vault-routes.ts';

/** Why a known identity is refused. */
export type DenialReason = 'ForbiddenByRbac' | 'ForbiddenByPolicy' | 'ForbiddenByFirewall';

export function createAnswerer(parts: {
  readonly service: AzureService;
  readonly answer: (request: RecordedRequest) => AzureAnswer;
  readonly log: ServiceLog;
  readonly held: HeldAnswers;
  readonly faults: OperationFaults<AzureFault, FakeAzureRequest>;
}): RequestListener {
  const { service, answer, log, held, faults } = parts;

  async function serve(...[message, response]: Parameters<RequestListener>): Promise<void> {
    const request = await log.record(service, message);
    await held.pass(request);
    const fault = faults.take(log.describe(request));
    if (fault === 'reset') {
      message.socket.destroy();
      return;
    }
    const given = fault ? answerFault(fault) : judge(request, answer);
    log.noteStatus(request, given.status);
    sendAnswer(response, given);
  }

  return (message, response) => {
    // Only a client that went away in the middle gets here: there is nobody left to answer.
    serve(message, response).catch(() => response.destroy());
  };
}

function judge(request: RecordedRequest, answer: (request: RecordedRequest) => AzureAnswer): AzureAnswer {
  try {
    return answer(request);
  } catch (error) {
    if (isRefusal(error)) return refusedAnswer(error);
    throw error;
  }
}

export function answerVault(
  request: RecordedRequest,
  parts: {
    readonly store: SecretStore;
    readonly state: AuthorityState;
    readonly challenge: string;
    readonly origin: string;
    readonly denial: DenialReason | undefined;
  },
): AzureAnswer {
  const { store, state, challenge, origin, denial } = parts;
  const { token } = describeRequest('vault', request);
  if (!state.tokens.isValid(token)) {
    const message =
      token === undefined ? 'Request is missing a Bearer or PoP token.' : 'AKV10022: Invalid token.';
    return json({ error: { code: 'Unauthorized', message } }, 401, { 'www-authenticate': challenge });
  }
  const call = parseVaultCall(request);
  if (!call) throw refusal(404, 'NotFound', 'The request URI is not one of Key Vault.');
  if (denial) {
    throw refusal(403, 'Forbidden', `Caller is not authorized to perform action on resource.`, denial);
  }
  return answerVaultCall(call, { store, origin, request });
}

function answerFault(fault: Exclude<AzureFault, 'reset'>): AzureAnswer {
  if ('text' in fault) {
    const { text, status = 200, headers = {}, isCut } = fault;
    return {
      status,
      text,
      headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
      isCut,
    };
  }
  const { code, status, innerCode, message = 'as the test asked for', retryAfterSeconds } = fault;
  const answer = refusedAnswer(refusal(status, code, message, innerCode));
  const wait = retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) };
  return { ...answer, headers: { ...answer.headers, ...wait } };
}
