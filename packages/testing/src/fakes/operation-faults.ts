import { createFaultQueue } from './fault-queue.ts';

/** For stores whose SDK names what it asks for. A fault stays until `heal()`, unless it is told how often. */
export interface OperationFaults<Fault, Request extends NamedRequest = NamedRequest> {
  add(fault: Fault, options?: OperationFaultOptions): void;
  /** The oldest fault that is meant for this request, and uses it up. */
  take(request: Request): Fault | undefined;
  clear(): void;
}

interface NamedRequest {
  /** Such as `"GetSecretValue"`. */
  readonly operation: string;
}

interface OperationFaultOptions {
  readonly times?: number | undefined;
  readonly operation?: string | undefined;
}

/** @param isMeant by a fault that names no operation. Default: every request */
export function createOperationFaults<Fault, Request extends NamedRequest = NamedRequest>(
  isMeant: (request: Request) => boolean = () => true,
): OperationFaults<Fault, Request> {
  const queue = createFaultQueue<Fault, Request>();
  return {
    add(fault, { times = Infinity, operation } = {}) {
      const which = operation === undefined ? isMeant : (request: Request) => request.operation === operation;
      queue.add(fault, { times, which });
    },
    take: (request) => queue.take(request),
    clear: () => queue.clear(),
  };
}
