import { once } from 'node:events';
import { PassThrough, Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { discardBody } from '../../../packages/http/src/discard-body.ts';

const CHUNK = new Uint8Array(10_000);
/** 64 KiB, the chunk that goes beyond, and what a stream reads ahead. */
const ENOUGH = 64 * 1024 + 4 * CHUNK.length;

/** Not without end, so that reading too far is a failure and no hang. */
const LONG = 100 * ENOUGH;

/** A long body that counts what was taken of it, and whether it was given up. */
function createLongBodies() {
  const seen = { bytes: 0, givenUp: false };
  const web = new ReadableStream({
    pull(stream) {
      seen.bytes += CHUNK.length;
      if (seen.bytes > LONG) stream.close();
      else stream.enqueue(CHUNK);
    },
    cancel: () => void (seen.givenUp = true),
  });
  const node = new Readable({
    autoDestroy: false,
    read() {
      seen.bytes += CHUNK.length;
      this.push(seen.bytes > LONG ? null : CHUNK);
    },
    destroy(error, done) {
      seen.givenUp = true;
      done(error);
    },
  });
  return { seen, web, node };
}

describe('a refused response', () => {
  it.each(['web', 'node'] as const)(
    'is read no further than 64 KiB, however long it is: a %s stream',
    async (kind) => {
      const bodies = createLongBodies();
      await discardBody({ body: bodies[kind] });
      expect(bodies.seen.givenUp).toBe(true);
      expect(bodies.seen.bytes).toBeLessThanOrEqual(ENOUGH);
    },
  );

  it('may be a Node stream itself', async () => {
    const { seen, node } = createLongBodies();
    await discardBody(node);
    expect(seen.givenUp).toBe(true);
  });

  it('is given up with all that is piped into it, as node-fetch 2 hands it out', async () => {
    const { seen, node } = createLongBodies();
    const closed = once(node, 'close');
    await discardBody({ body: node.pipe(new PassThrough()).pipe(new PassThrough()) });
    await closed;
    expect(seen.givenUp).toBe(true);
  });

  it.each([
    ['nothing', () => undefined],
    ['a response without a body', () => new Response(null)],
    ['a body that was read before', async () => readBefore(new Response('x'))],
    ['a body that somebody else reads', () => lock(new Response('x'))],
    ['a stream that fails', () => ({ body: Readable.from(failing()) })],
    ['a web stream that fails', () => ({ body: ReadableStream.from(failing()) })],
    ['a stream that was destroyed', () => ({ body: new Readable().destroy() })],
    ['a text', () => 'refused'],
  ])('is no trouble when it is %s', async (_, make) => {
    await expect(discardBody(await make())).resolves.toBeUndefined();
  });
});

async function readBefore(response: Response): Promise<Response> {
  await response.text();
  return response;
}

function lock(response: Response): Response {
  response.body?.getReader();
  return response;
}

async function* failing(): AsyncGenerator<Uint8Array> {
  yield CHUNK;
  throw new Error('cut');
}
