/**
 * How a secret may stand in a text: as it is, in base64 at any alignment, base64url, hex, percent codes and JSON
 * escapes. Longest first, because an alternation takes the first that fits.
 */
export function formsOf(secret: string): readonly string[] {
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
