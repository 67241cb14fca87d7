const REPLAYABLE: ReadonlySet<string> = new Set([
  '[object ArrayBuffer]',
  '[object Blob]',
  '[object File]',
  '[object FormData]',
  '[object SharedArrayBuffer]',
  '[object URLSearchParams]',
]);

/**
 * Whether the same body object can be sent a second time. What is not known to be re-sendable is not: streams,
 * generators and other iterables give their content once.
 */
export function isReplayableBody(body: unknown): boolean {
  if (body === null || typeof body !== 'object') return typeof body !== 'function';
  // Before any tag: the package `form-data` calls itself [object FormData] and is a stream that can be read once.
  if ('pipe' in body || 'getReader' in body) return false;
  return ArrayBuffer.isView(body) || REPLAYABLE.has(Object.prototype.toString.call(body));
}

/**
 * The API refuses a key before it works, so a 401 is safe to replay. After a redirect that is not known: the first hop
 * may have done the work and answered "see there". Only these are sent once more then.
 */
export function isSafeMethod(method: string): boolean {
  return /^(get|head)$/i.test(method);
}
