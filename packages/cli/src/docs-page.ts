import type { KeyErrorCode } from '@magic-hour-keys/core';

const ERRORS = 'https://github.com/magic-hour-keys/magic-hour-keys/blob/main/docs/errors';

/** The page that says what a code means, and what to do about it in each store. */
export function docsPageOf(code: KeyErrorCode): string {
  return `${ERRORS}/${code}.md`;
}
