import { KeyError } from '../index.ts';
import type { KeyPlace } from '../author/key-place.ts';

/**
 * UTF-8 without its byte order mark. A stray byte, as in a comment in Latin-1, becomes U+FFFD: if it stands in the key
 * itself, core refuses that and says where.
 *
 * @throws KeyError `invalid_config` for UTF-16 and for anything with a NUL byte, from which a parser would silently
 * take nothing at all.
 */
export function decodeText(bytes: Uint8Array, path: string, where: KeyPlace): string {
  if (!hasUtf16Mark(bytes) && !bytes.includes(0)) return new TextDecoder('utf-8').decode(bytes);
  throw new KeyError({
    code: 'invalid_config',
    source: where.source,
    location: where.location,
    message: `${path} is not UTF-8 text; it looks like UTF-16, or like a binary file`,
    hint: `Save it as UTF-8: ${path}`,
  });
}

function hasUtf16Mark([first, second]: Uint8Array): boolean {
  return (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
}
