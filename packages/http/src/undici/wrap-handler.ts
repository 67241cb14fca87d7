import type { HoldOptions } from './hold-answer.ts';
import { LegacyHandler, type LegacyApi } from './legacy-handler.ts';
import { ControllerHandler, type ControllerApi } from './controller-handler.ts';

/** What undici tells of a request: by the one API in major 6 and in Node's fetch, by the other in 7 and 8. */
export type Handler = LegacyApi | ControllerApi;

/**
 * A handler of the same API as the given one, and of that alone: with both, undici takes it for one that needs no
 * translation, and the request hangs.
 *
 * @param hold is asked only for a 401: almost every request does without.
 */
export function wrapHandler(handler: Handler, hold: () => HoldOptions): Handler {
  return isControllerApi(handler) ? new ControllerHandler(handler, hold) : new LegacyHandler(handler, hold);
}

/** Tells the handler that its request failed before it was sent. @returns true: no need to wait for a drain. */
export function failHandler(handler: Handler, error: unknown): true {
  const told = error as Error;
  if (isControllerApi(handler)) handler.onResponseError?.(null, told);
  else handler.onError?.(told);
  return true;
}

function isControllerApi(handler: Handler): handler is ControllerApi {
  return typeof (handler as Partial<ControllerApi>).onRequestStart === 'function';
}
