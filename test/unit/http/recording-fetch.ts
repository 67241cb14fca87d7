/** One call that reached the wrapped fetch. */
export interface RecordedCall {
  readonly input: unknown;
  readonly init: unknown;
  /** As fetch itself would read it, from the init or else from the Request. */
  readonly authorization: string | null;
}

export interface RecordingFetch {
  readonly fetch: typeof globalThis.fetch;
  readonly calls: readonly RecordedCall[];
  /** The last call. */
  readonly last: RecordedCall;
}

/** A fetch without a network: notes what it was given, and answers with what `answer` makes of it. */
export function createRecordingFetch(
  answer: (call: RecordedCall) => Response = () => new Response(),
): RecordingFetch {
  const calls: RecordedCall[] = [];
  return {
    calls,
    get last() {
      const call = calls.at(-1);
      if (!call) throw new Error('fetch was not called');
      return call;
    },
    async fetch(input: string | URL | Request, init?: RequestInit) {
      const call = { input, init, authorization: readAuthorization(input, init) };
      calls.push(call);
      return answer(call);
    },
  };
}

function readAuthorization(input: unknown, init: RequestInit | undefined): string | null {
  const headers = init?.headers ?? (input instanceof Request ? input.headers : undefined);
  return new Headers(headers).get('authorization');
}
