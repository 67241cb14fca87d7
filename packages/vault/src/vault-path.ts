/**
 * Segments that can be sent as what they are. node-vault puts the text into the URL as it is, where
 * `a/../../sys/seal` is `/v1/sys/seal`; so there is no `.`, no `..`, no empty segment and no control character.
 */
// oxlint-disable-next-line no-control-regex
export const PATH: RegExp = /^\/?(?:(?!\.{1,2}(?:\/|$))[^/\u0000-\u001F\u007F]+(?:\/|$))+$/;
/** A mount and a name in it. */
// oxlint-disable-next-line no-control-regex
export const SECRET_PATH: RegExp = /^\/?(?:(?!\.{1,2}(?:\/|$))[^/\u0000-\u001F\u007F]+(?:\/|$)){2,}$/;

export function splitPath(path: string): readonly string[] {
  return path.replaceAll(/^\/|\/$/g, '').split('/');
}

/** Each segment encoded by itself, so that `?`, `#` and `%` in a name stay part of the name. */
export function encodePath(...segments: readonly string[]): string {
  return segments.map(encodeURIComponent).join('/');
}

/** Half of a surrogate pair has no encoding. */
export function isEncodable(path: string): boolean {
  try {
    return encodePath(path) !== '';
  } catch {
    return false;
  }
}
