import type { IncomingMessage } from 'node:http';
import { createRequestLog, type RecordedRequest } from '../../request-log.ts';
import { describeRequest, type AzureService, type FakeAzureRequest } from './describe-request.ts';

/** Three services share one log, so that the order of their requests shows. */
export interface ServiceLog {
  record(service: AzureService, message: IncomingMessage): Promise<RecordedRequest>;
  noteStatus(request: RecordedRequest, status: number): void;
  describe(request: RecordedRequest): FakeAzureRequest;
  all(): readonly FakeAzureRequest[];
}

export function createServiceLog(): ServiceLog {
  const log = createRequestLog();
  const services = new WeakMap<RecordedRequest, AzureService>();
  const describe = (request: RecordedRequest): FakeAzureRequest =>
    describeRequest(services.get(request) ?? 'vault', request);
  return {
    async record(service, message) {
      const request = await log.record(message);
      services.set(request, service);
      return request;
    },
    noteStatus: (request, status) => log.noteStatus(request, status),
    describe,
    all: () => log.requests.map(describe),
  };
}
