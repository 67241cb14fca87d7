/** What is read of a response of axios. */
export interface AxiosAnswer {
  readonly status: number;
  readonly data?: unknown;
  /** Node's request, or that of fetch: it holds the header that was sent. */
  readonly request?: { readonly res?: { readonly responseUrl?: string } };
}

/** What a result leads to. */
interface Holder {
  readonly response?: unknown;
  readonly cause?: unknown;
}

/**
 * The request stays where programs look for it, and is not printed with the response or error any more. Some versions
 * wrap their own error once more, as its cause.
 */
export function hideRequest(result: unknown): void {
  const { response, cause } = (result ?? {}) as Holder;
  const { response: inner } = (cause ?? {}) as Holder;
  for (const holder of [result, response, cause, inner]) {
    if (typeof holder !== 'object' || holder === null) continue;
    const request = Object.getOwnPropertyDescriptor(holder, 'request');
    if (request?.configurable) Object.defineProperty(holder, 'request', { ...request, enumerable: false });
  }
}
