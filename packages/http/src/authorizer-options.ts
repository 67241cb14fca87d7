import { KeyError } from '@magic-hour-keys/core';
import type { AllowedOriginsOptions } from './allowed-origins.ts';
import type { HttpEvent } from './http-event.ts';

/** What the option `replay` is asked about: a request that got a 401 and could be sent once more. */
export interface ReplayInfo {
  /** Undefined for a client that has no adapter. */
  readonly method?: string | undefined;
  readonly url: string;
}

export interface AuthorizerOptions extends AllowedOriginsOptions {
  /**
   * What happens to a request for another origin. `"pass"` (default): it is sent without the key and told as an event.
   * `"error"`: it is refused with `origin_not_allowed`.
   */
  readonly foreignOrigin?: 'pass' | 'error' | undefined;
  /**
   * Whether a request that got a 401 is sent once more when there is another key. `"auto"` (default): if its body can
   * be sent twice. `"never"`: no; the next call uses the new key. A function decides request by request.
   */
  readonly replay?: 'auto' | 'never' | ((info: ReplayInfo) => boolean) | undefined;
  /** Gets what happens to requests. An error that it throws disturbs nobody. */
  readonly onEvent?: ((event: HttpEvent) => void) | undefined;
}

/**
 * JavaScript callers have no compiler, and a misspelt "error" must not quietly mean "pass".
 *
 * @throws KeyError `invalid_config`
 */
export function checkAuthorizerOptions({ foreignOrigin, replay, onEvent }: AuthorizerOptions): void {
  if (![undefined, 'pass', 'error'].includes(foreignOrigin))
    throw invalidOption('foreignOrigin', '"pass" or "error"');
  if (typeof replay !== 'function' && ![undefined, 'auto', 'never'].includes(replay)) {
    throw invalidOption('replay', '"auto", "never" or a function');
  }
  if (!['undefined', 'function'].includes(typeof onEvent)) throw invalidOption('onEvent', 'a function');
}

export function invalidOption(name: string, expected: string): KeyError {
  return new KeyError({
    code: 'invalid_config',
    message: `the option ${name} must be ${expected}`,
    hint: `Set ${name} to ${expected}, or leave it out.`,
  });
}
