import { createApiKey } from '@magic-hour-keys/core';
import { makeTestKey } from '@magic-hour-keys/testing';
import { expect, test } from 'vitest';
import { sipHash24 } from '../../../packages/core/src/fingerprint.ts';

// The first and some later vectors of the reference implementation (github.com/veorq/SipHash, vectors_sip64): key
// 00..0f, message 00 01 02 … of the given length, output as little-endian bytes.
const VECTORS: readonly (readonly [length: number, output: string])[] = [
  [0, '310e0edd47db6f72'],
  [1, 'fd67dc93c539f874'],
  [2, '5a4fa9d909806c0d'],
  [3, '2d7efbd796666785'],
  [7, '37d1018bf50002ab'],
  [8, '6224939a79f5f593'],
  [15, 'e545be4961ca29a1'],
];

test.each(VECTORS)('SipHash-2-4 of %i bytes agrees with the published vector', (length, output) => {
  const key = Uint8Array.from({ length: 16 }, (_, i) => i);
  const message = Uint8Array.from({ length }, (_, i) => i);
  const littleEndian = Buffer.alloc(8);
  littleEndian.writeBigUInt64LE(sipHash24(key, message));
  expect(littleEndian.toString('hex')).toBe(output);
});

test('equal keys have equal fingerprints, and other keys have others', () => {
  const value = makeTestKey();
  const one = createApiKey(value, { source: 'a' });
  const other = createApiKey(value, { source: 'b' });
  expect(one.fingerprint).toMatch(/^[0-9a-f]{16}$/);
  expect(other.fingerprint).toBe(one.fingerprint);
  expect(createApiKey(makeTestKey(), { source: 'a' }).fingerprint).not.toBe(one.fingerprint);
});
