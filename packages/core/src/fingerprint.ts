// SipHash-2-4 (Aumasson and Bernstein 2012) as published, because WebCrypto is asynchronous and slow to start, and a
// plain hash would let a reader of two logs match the same key.

const MASK = 0xffff_ffff_ffff_ffffn;
type State = [bigint, bigint, bigint, bigint];
type Lane = 0 | 1 | 2 | 3;

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
  // "somepseudorandomlygeneratedbytes" of the specification, each word in little-endian order.
  const initial = new TextEncoder().encode('uespemosmodnarodarenegylsetybdet');
  const v = [0, 8, 16, 24].map((at) => readWord(initial, at) ^ readWord(key, at % 16)) as State;
  const whole = message.length - (message.length % 8);
  for (let at = 0; at < whole; at += 8) mix(v, readWord(message, at));
  mix(v, readWord(message, whole) | (BigInt(message.length & 0xff) << 56n));
  v[2] ^= 0xffn;
  for (let i = 0; i < 4; i++) round(v);
  return v[0] ^ v[1] ^ v[2] ^ v[3];
}

function mix(v: State, word: bigint): void {
  v[3] ^= word;
  round(v);
  round(v);
  v[0] ^= word;
}

function round(v: State): void {
  halfRound(v, 0, 1, 2, 3, 13n, 16n);
  halfRound(v, 2, 1, 0, 3, 17n, 21n);
}

/** The two halves of a SipRound differ only in which words they take and how far they turn them. */
function halfRound(v: State, a: Lane, b: Lane, c: Lane, d: Lane, turnB: bigint, turnD: bigint): void {
  v[a] = (v[a] + v[b]) & MASK;
  v[b] = rotate(v[b], turnB) ^ v[a];
  v[a] = rotate(v[a], 32n);
  v[c] = (v[c] + v[d]) & MASK;
  v[d] = rotate(v[d], turnD) ^ v[c];
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
