/** What Magic Hour's keys look like. */
const KEY_SHAPE = /mhk_[a-z]+_[A-Za-z0-9]{16,}/;
/** Names as people choose them. Anything else may be a value in the wrong place. */
const PLAIN_NAME = /^[\w$.@:+/~-]{1,48}$/;
/** A long run of letters and digits, as secrets of all kinds have. */
const RANDOM_RUN = /(?=[A-Za-z]*\d)(?=\d*[A-Za-z])[A-Za-z0-9]{20,}/;

/** What to do about a key that was written into a configuration. */
export const TAKE_OUT = 'take it out, and revoke it, because a configuration is read by many';

/** True where a key itself, instead of the place where it is kept, was written. */
export function looksLikeKey(text: string): boolean {
  return KEY_SHAPE.test(text);
}

/** The name, where it can be printed; `…` where it may be a secret that was put in the place of a name. */
export function showName(name: string): string {
  return PLAIN_NAME.test(name) && !looksLikeKey(name) && !RANDOM_RUN.test(name) ? name : '…';
}

/** `"a", "b" or "c"`. */
export function listNames(names: readonly string[], last = 'and'): string {
  const quoted = names.map((name) => `"${showName(name)}"`);
  return quoted.length < 2
    ? quoted.join('')
    : `${quoted.slice(0, -1).join(', ')} ${last} ${quoted.at(-1) ?? ''}`;
}
