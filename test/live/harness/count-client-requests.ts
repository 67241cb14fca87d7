import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { ClientRequest } from 'node:http';

const CHANNEL = 'http.client.request.start';

export interface RequestCount {
  readonly count: number;
  stop(): void;
}

/** Counts requests of this process, for endpoints that nothing can be put in front of. */
export function countClientRequests(counts: (request: ClientRequest) => boolean): RequestCount {
  let count = 0;
  const onStart = (message: unknown): void => {
    if (counts((message as { request: ClientRequest }).request)) count += 1;
  };
  subscribe(CHANNEL, onStart);
  return {
    get count() {
      return count;
    },
    stop: () => void unsubscribe(CHANNEL, onStart),
  };
}
