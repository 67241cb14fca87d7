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

/** Longest first, because an alternation takes the first that fits. */
function formsOf(secret: string): readonly string[] {
  const bytes = Buffer.from(secret);
  const hex = bytes.toString('hex');
  const everyCode = [...bytes].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
  const forms = [
    secret,
    JSON.stringify(secret).slice(1, -1),
    secret.replaceAll('/', '\\/'),
    encodeURIComponent(secret),
    encodeURIComponent(secret).replaceAll(/%../g, (code) => code.toLowerCase()),
    everyCode,
    everyCode.toUpperCase(),
    hex,
    hex.toUpperCase(),
    ...[0, 1, 2].flatMap((shift) => inBase64(bytes, shift)),
  ];
  return [...new Set(forms)].toSorted((one, other) => other.length - one.length);
}

/** The part that is the same whatever stands before and behind the secret. */
function inBase64(bytes: Buffer, shift: number): readonly string[] {
  const before = Buffer.alloc(shift);
  const whole = Buffer.concat([before, bytes]);
  const from = Math.ceil((shift * 8) / 6);
  const to = Math.floor((whole.length * 8) / 6);
  return (['base64', 'base64url'] as const).map((encoding) => whole.toString(encoding).slice(from, to));
}

function escape(text: string): string {
  return text.replaceAll(/[$()*+.?[\\\]^{|}/]/g, String.raw`\$&`);
}
