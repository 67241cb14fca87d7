import { AUTHORIZATION } from '../bearer-header.ts';
import { hasAuthorization } from '../request-headers.ts';

/** Headers as undici takes them: an object, or names and values in turn. Both can be read twice. */
export type DispatchHeaders = Readonly<Record<string, unknown>> | readonly unknown[];

/** Undefined for what is no headers at all: undici refuses that by itself. */
export function readDispatchHeaders(headers: unknown): DispatchHeaders | undefined {
  if (headers === undefined || headers === null) return {};
  if (typeof headers !== 'object') return undefined;
  if (Array.isArray(headers) && !Array.isArray(headers[0])) return headers as readonly unknown[];
  if (typeof (headers as Partial<Iterable<unknown>>)[Symbol.iterator] !== 'function') {
    return headers as Readonly<Record<string, unknown>>;
  }
  return Array.from(headers as Iterable<unknown>).flat();
}

export function holdsAuthorization(headers: DispatchHeaders): boolean {
  if (!isFlat(headers)) return hasAuthorization(headers as Readonly<Record<string, string>>);
  return headers.some((name, index) => index % 2 === 0 && String(name).toLowerCase() === 'authorization');
}

/** A copy with our header. */
export function withKeyHeader(headers: DispatchHeaders, value: string): DispatchHeaders {
  if (isFlat(headers)) return [AUTHORIZATION, value, ...headers];
  return { [AUTHORIZATION]: value, ...headers };
}

export function copyDispatchHeaders(headers: DispatchHeaders): DispatchHeaders {
  return isFlat(headers) ? [...headers] : { ...headers };
}

function isFlat(headers: DispatchHeaders): headers is readonly unknown[] {
  return Array.isArray(headers);
}
