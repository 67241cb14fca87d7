// SipHash-2-4 (Aumasson and Bernstein 2012) as published, because WebCrypto is asynchronous and slow to start, and a
// plain hash would let a reader of two logs match the same key.

const MASK = 0xffff_ffff_ffff_ffffn;
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
  const [k0, k1] = [readWord(key, 0), readWord(key, 8)];
  const v: [bigint, bigint, bigint, bigint] = [
    k0 ^ 0x736f_6d65_7073_6575n,
    k1 ^ 0x646f_7261_6e64_6f6dn,
    k0 ^ 0x6c79_6765_6e65_7261n,
    k1 ^ 0x7465_6462_7974_6573n,
  ];
  const whole = message.length - (message.length % 8);
  for (let at = 0; at < whole; at += 8) mix(v, readWord(message, at));
  mix(v, readWord(message, whole) | (BigInt(message.length & 0xff) << 56n));
  v[2] ^= 0xffn;
  for (let i = 0; i < 4; i++) round(v);
  return v[0] ^ v[1] ^ v[2] ^ v[3];
}

function mix(v: [bigint, bigint, bigint, bigint], word: bigint): void {
  v[3] ^= word;
  round(v);
  round(v);
  v[0] ^= word;
}

function round(v: [bigint, bigint, bigint, bigint]): void {
  v[0] = (v[0] + v[1]) & MASK;
  v[1] = rotate(v[1], 13n) ^ v[0];
  v[0] = rotate(v[0], 32n);
  v[2] = (v[2] + v[3]) & MASK;
  v[3] = rotate(v[3], 16n) ^ v[2];
  v[0] = (v[0] + v[3]) & MASK;
  v[3] = rotate(v[3], 21n) ^ v[0];
  v[2] = (v[2] + v[1]) & MASK;
  v[1] = rotate(v[1], 17n) ^ v[2];
  v[2] = rotate(v[2], 32n);
}

function rotate(word: bigint, bits: bigint): bigint {
  return ((word << bits) | (word >> (64n - bits))) & MASK;
}

/** Little-endian; bytes past the end count as 0. */
function readWord(bytes: Uint8Array, at: number): bigint {
  let word = 0n;
  for (let i = 7; i >= 0; i--) word = (word << 8n) | BigInt(bytes[at + i] ?? 0);
  return word;
}
