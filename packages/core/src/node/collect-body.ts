import { createTransportError } from './transport-error.ts';

/**
 * The whole body as UTF-8 text.
 *
 * @throws TransportError `BODY_TOO_LARGE`; leaving the loop ends the connection, so the rest is never fetched.
 */
export async function collectBody(
  chunks: AsyncIterable<Uint8Array>,
  declaredBytes: number | undefined,
  maxBytes: number,
): Promise<string> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    size += chunk.length;
    if (Math.max(size, declaredBytes ?? 0) > maxBytes) throw createTransportError('BODY_TOO_LARGE');
    parts.push(chunk);
  }
  return new TextDecoder('utf-8').decode(Buffer.concat(parts));
}
