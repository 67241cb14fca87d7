import type { RecordedRequest } from '../../request-log.ts';
import type { KubernetesAnswer } from './status-answers.ts';

/** Instead of the right answer: another one, a connection that is cut, or no answer at all until `heal()`. */
export type KubernetesFault = KubernetesAnswer | 'disconnect' | 'hang';

export interface FaultOptions {
  /** How many requests it meets. Default 1; `Infinity` until `heal()`. */
  readonly times?: number | undefined;
  /** Which requests. Default all. */
  readonly which?: ((request: RecordedRequest) => boolean) | undefined;
}

export interface FaultQueue {
  add(fault: KubernetesFault, options?: FaultOptions): void;
  /** The fault that this request meets, if any: the first in the queue that is meant for it. */
  take(request: RecordedRequest): KubernetesFault | undefined;
  clear(): void;
}

interface Entry {
  readonly fault: KubernetesFault;
  readonly which: (request: RecordedRequest) => boolean;
  timesLeft: number;
}

export function createFaultQueue(): FaultQueue {
  const entries: Entry[] = [];
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
