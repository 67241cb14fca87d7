import { formsOf } from './secret-forms.ts';

export interface Masker {
  /** What may be shown of it by now: the end is kept back while it could be the beginning of the secret. */
  push(chunk: Uint8Array): Uint8Array;
  /** What was kept back. */
  end(): Uint8Array;
}

/**
 * Replaces a secret in a stream of bytes, also where it is cut by the borders of chunks: as it is, in base64 at any
 * alignment, base64url, hex, percent codes and JSON escapes.
 */
export function createMasker(secret: string, mask: string): Masker {
  const forms = formsOf(secret);
  const pattern = new RegExp(forms.map(escape).join('|'), 'g');
  const maskBytes = Buffer.from(mask).toString('latin1');
  let pending = '';
  return {
    push(chunk) {
      // One character for each byte, so that nothing is cut apart.
      const text = pending + Buffer.from(chunk).toString('latin1');
      const shown = text.replaceAll(pattern, maskBytes);
      pending = longestBeginning(shown, forms);
      return Buffer.from(shown.slice(0, shown.length - pending.length), 'latin1');
    },
    end() {
      const rest = pending;
      pending = '';
      return Buffer.from(rest, 'latin1');
    },
  };
}

/** The longest end of the text with which one of the forms begins. */
function longestBeginning(text: string, forms: readonly string[]): string {
  const longest = Math.max(...forms.map(({ length }) => length)) - 1;
  for (let from = Math.max(0, text.length - longest); from < text.length; from++) {
    const end = text.slice(from);
    if (forms.some((form) => form.startsWith(end))) return end;
  }
  return '';
}

function escape(text: string): string {
  return text.replaceAll(/[$()*+.?[\\\]^{|}/]/g, String.raw`\$&`);
}
