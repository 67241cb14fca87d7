const POLYNOMIAL = 0x82f63b78;

/** CRC-32C (RFC 3720, appendix B.4) by the entries of its table: not the way the backend does it, so that one checks the other. */
export function crc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (crc >>> 8) ^ entry((crc ^ byte) & 0xff);
  return (crc ^ 0xffffffff) >>> 0;
}

function entry(index: number): number {
  let value = index;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ POLYNOMIAL : value >>> 1;
  return value >>> 0;
}
