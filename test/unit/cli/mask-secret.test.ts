import { makeTestKey } from '@magic-hour-keys/testing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createMasker } from '../../../packages/cli/src/mask-secret.ts';

const key = makeTestKey();
const MASK = '[key …1a2b]';

/** What comes out of the text when it arrives in chunks of so many bytes. */
function mask(text: string | Uint8Array, size: number, secret = key): string {
  const masker = createMasker(secret, MASK);
  const bytes = Buffer.from(text);
  const shown: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += size) shown.push(masker.push(bytes.subarray(at, at + size)));
  return Buffer.concat([...shown, masker.end()]).toString();
}

const FORMS: readonly (readonly [name: string, text: string])[] = [
  ['as it is', key],
  ['in base64', Buffer.from(key).toString('base64')],
  ['in base64, behind other text', Buffer.from(`token=${key}`).toString('base64')],
  ['in base64, behind one character', Buffer.from(`:${key}`).toString('base64')],
  ['in base64url', Buffer.from(`${key}>>`).toString('base64url')],
  ['in hex', Buffer.from(key).toString('hex')],
  ['in upper-case hex', Buffer.from(key).toString('hex').toUpperCase()],
  ['in JSON', JSON.stringify({ key })],
  ['in percent codes', [...Buffer.from(key)].map((byte) => `%${byte.toString(16)}`).join('')],
];

test.each(FORMS)('the key is masked %s, in chunks of every size', (_name, text) => {
  for (const size of [1, 2, 3, 7, 64, 1000]) {
    const shown = mask(`before ${text} after\n`, size);
    expect(shown).toContain(MASK);
    expect(shown).not.toContain(text);
    expect(shown).toMatch(/^before .* after\n$/);
  }
});

test('of a key that percent codes and JSON escape, those forms are masked too', () => {
  const secret = `${makeTestKey()}+a/b==`;
  for (const text of [encodeURIComponent(secret), secret.replaceAll('/', '\\/')]) {
    expect(mask(`x ${text} y`, 1, secret)).toBe(`x ${MASK} y`);
  }
});

test('whatever else is printed comes through byte for byte, with or without the key in it', () => {
  const part = fc.oneof(fc.constant(key), fc.string({ unit: 'binary' }), fc.constant(key.slice(0, 12)));
  fc.assert(
    fc.property(fc.array(part, { maxLength: 8 }), fc.integer({ min: 1, max: 50 }), (parts, size) => {
      const shown = mask(parts.join(''), size);
      expect(shown).toBe(parts.join('').replaceAll(key, MASK));
    }),
  );
});

test('a prompt is shown at once', () => {
  const masker = createMasker(key, MASK);
  expect(Buffer.from(masker.push(Buffer.from('Continue? '))).toString()).toBe('Continue? ');
});
