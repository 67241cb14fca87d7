/** Castagnoli's polynomial, with its bits reversed. That of `zlib.crc32` is another one. */
const POLYNOMIAL = 0x82f63b78;

/**
 * CRC-32C (RFC 3720, appendix B.4), as Secret Manager sends it along with a payload. Bit by bit: a key is short, and
 * the largest secret of 64 KiB takes a millisecond or two.
 */
export function crc32c(bytes: Uint8Array): number {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? POLYNOMIAL : 0);
  }
  return ~crc >>> 0;
}
