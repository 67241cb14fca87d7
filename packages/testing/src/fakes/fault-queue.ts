import type { RecordedRequest } from '../request-log.ts';

export interface FaultOptions {
  /** How many requests it meets. Default 1; `Infinity` until `heal()`. */
  readonly times?: number | undefined;
  /** Which requests. Default all. */
  readonly which?: ((request: RecordedRequest) => boolean) | undefined;
}

/** What a fake store does next instead of answering rightly. */
export interface FaultQueue<Fault, Request = RecordedRequest> {
  add(fault: Fault, options?: Meeting<Request>): void;
  /** The fault that this request meets, if any: the first in the queue that is meant for it. Uses it up. */
  take(request: Request): Fault | undefined;
  clear(): void;
}

interface Meeting<Request> {
  readonly times?: number | undefined;
  readonly which?: ((request: Request) => boolean) | undefined;
}

interface Entry<Fault, Request> {
  readonly fault: Fault;
  readonly which: (request: Request) => boolean;
  timesLeft: number;
}

export function createFaultQueue<Fault, Request = RecordedRequest>(): FaultQueue<Fault, Request> {
  const entries: Entry<Fault, Request>[] = [];
  return {
    add: (fault, { times = 1, which = () => true } = {}) =>
      void entries.push({ fault, which, timesLeft: times }),
    take(request) {
      const entry = entries.find(({ timesLeft, which }) => timesLeft > 0 && which(request));
      if (entry) entry.timesLeft -= 1;
      return entry?.fault;
    },
    clear: () => void entries.splice(0),
  };
}
