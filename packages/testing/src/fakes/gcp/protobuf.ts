/** As much of the wire format (protobuf.dev/programming-guides/encoding) as Secret Manager needs. */

/** A field to write: a number as varint, text and bytes with their length, a list as the fields of a message. */
export type Field = readonly [number: number, value: number | string | Uint8Array | readonly Field[]];

export function encodeMessage(fields: readonly Field[]): Buffer {
  return Buffer.concat(fields.map(encodeField));
}

function encodeField([number, value]: Field): Buffer {
  if (typeof value === 'number') return Buffer.concat([varint(number * 8), varint(value)]);
  const bytes = bytesOf(value);
  return Buffer.concat([varint(number * 8 + 2), varint(bytes.length), bytes]);
}

function bytesOf(value: string | Uint8Array | readonly Field[]): Uint8Array {
  if (typeof value === 'string') return Buffer.from(value);
  return value instanceof Uint8Array ? value : encodeMessage(value);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let left = value;
  while (left > 127) {
    bytes.push((left % 128) + 128);
    left = Math.floor(left / 128);
  }
  return Buffer.from([...bytes, left]);
}

/** What was sent for one field; the last one counts where it came twice. */
export type Fields = ReadonlyMap<number, number | Uint8Array>;

/** @throws Error for bytes that are no message, and for the fixed-length types that are not needed here. */
export function decodeMessage(bytes: Uint8Array): Fields {
  const fields = new Map<number, number | Uint8Array>();
  let at = 0;

  function readVarint(): number {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = bytes[at++];
      if (byte === undefined) throw new Error('the message ends early');
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
  }

  while (at < bytes.length) {
    const tag = readVarint();
    const type = tag % 8;
    if (type !== 0 && type !== 2) throw new Error(`wire type ${type} is not known here`);
    const value = readVarint();
    fields.set(Math.floor(tag / 8), type === 0 ? value : bytes.subarray(at, at + value));
    if (type === 2) at += value;
  }
  return fields;
}

export function textField(fields: Fields, number: number): string {
  const value = fields.get(number);
  return value instanceof Uint8Array ? Buffer.from(value).toString() : '';
}
