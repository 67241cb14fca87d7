// SipHash-2-4 (Aumasson and Bernstein 2012) as published, because WebCrypto is asynchronous and slow to start, and a
// plain hash would let a reader of two logs match the same key.

const SALT = Symbol.for('magic-hour-keys.salt');

/** 16 hex digits for display: equal for equal keys within this process, and of no use outside of it. */
export function fingerprint(value: string): string {
  return sipHash24(processSalt(), new TextEncoder().encode(value)).toString(16).padStart(16, '0');
}

/** Kept on globalThis, so that two copies of this package show the same fingerprint for the same key. */
function processSalt(): Uint8Array {
  const holder = globalThis as { [SALT]?: Uint8Array };
  let salt = holder[SALT];
  if (!salt) {
    salt = crypto.getRandomValues(new Uint8Array(16));
    Object.defineProperty(holder, SALT, { value: salt });
  }
  return salt;
}

/** @param key 16 bytes. Exported for its published test vectors. */
export function sipHash24(key: Uint8Array, message: Uint8Array): bigint {
  const encoder = new TextEncoder();
  // "somepseudorandomlygeneratedbytes" of the specification, each word in little-endian order.
  const v = toWords(encoder.encode('uespemosmodnarodarenegylsetybdet'));
  const [even = 0n, odd = 0n] = toWords(key);
  v[0] ^= even;
  v[1] ^= odd;
  v[2] ^= even;
  v[3] ^= odd;
  const padded = new Uint8Array((message.length + 8) & ~7);
  padded.set(message);
  padded[padded.length - 1] = message.length;
  for (const word of toWords(padded)) {
    v[3] ^= word;
    mix(v, 2);
    v[0] ^= word;
  }
  v[2] ^= 0xffn;
  mix(v, 4);
  return v[0] ^ v[1] ^ v[2] ^ v[3];
}

/** Calculates modulo 2^64 by itself. */
type Words = BigUint64Array & Record<0 | 1 | 2 | 3, bigint>;

function mix(v: Words, rounds: number): void {
  for (let round = 0; round < rounds; round++) {
    // The two halves of a SipRound differ only in which words they take and how far they turn them.
    mixHalf(v, 0, 2, 13n, 16n);
    mixHalf(v, 2, 0, 17n, 21n);
  }
}

function mixHalf(v: Words, a: 0 | 2, c: 0 | 2, turn: bigint, otherTurn: bigint): void {
  v[a] += v[1];
  v[1] = rotate(v[1], turn) ^ v[a];
  v[a] = rotate(v[a], 32n);
  v[c] += v[3];
  v[3] = rotate(v[3], otherTurn) ^ v[c];
}

function rotate(word: bigint, bits: bigint): bigint {
  return (word << bits) | (word >> (64n - bits));
}

/** Little-endian, on machines of either order. */
function toWords(bytes: Uint8Array): Words {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  return BigUint64Array.from({ length: bytes.length / 8 }, (_, at) =>
    view.getBigUint64(at * 8, true),
  ) as Words;
}
