import { types } from 'node:util';

/** The bytes behind any binary value, or undefined for anything else. */
export function bytesOf(value: unknown): Uint8Array | undefined {
  try {
    if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
    return types.isAnyArrayBuffer(value) ? new Uint8Array(value) : undefined;
  } catch {
    // Its memory was handed to another thread.
    return new Uint8Array();
  }
}

/** Every text that these bytes may be; UTF-16 from both alignments, because it may start anywhere. */
export function textsOfBytes(
  bytes: Uint8Array,
): readonly { readonly encoding: string; readonly text: string }[] {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return [
    { encoding: 'latin1', text: buffer.toString('latin1') },
    { encoding: 'utf8', text: buffer.toString('utf8') },
    { encoding: 'utf16', text: decodeUtf16(buffer) },
    { encoding: 'utf16 from the second byte', text: decodeUtf16(buffer.subarray(1)) },
  ];
}

/**
 * From a copy, which lies at an even address: with an odd number of bytes at an odd one, Node 24 writes past the end of
 * its memory, and the process crashes a little later (nodejs/node#64697).
 */
function decodeUtf16(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('utf16le');
}
