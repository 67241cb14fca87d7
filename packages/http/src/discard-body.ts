/** Enough for any API error, and little enough to be read away for nothing. */
const MOST_BYTES = 64 * 1024;
const LONGEST_MS = 1000;

interface WebStream {
  getReader(): {
    read(): Promise<{ done: boolean; value?: { byteLength?: number } }>;
    cancel(): Promise<void>;
  };
}

interface NodeStream {
  readonly readableEnded?: boolean;
  readonly destroyed?: boolean;
  on(event: 'unpipe', listener: (source: NodeStream) => void): unknown;
  on(event: string, listener: (chunk?: { length?: number }) => void): unknown;
  destroy(): unknown;
}

/**
 * Reads a refused response away, so that its connection can be used again: `body.cancel()` would close it (measured:
 * 49 new connections for 50 refusals, against 1). A body that is too long or too slow is given up instead.
 *
 * @param response of fetch, of node-fetch, or an `IncomingMessage`. Never rejects.
 */
export async function discardBody(response: unknown): Promise<void> {
  const body: unknown = (response as { body?: unknown } | undefined)?.body ?? response;
  if (isWebStream(body)) await discardWebStream(body).catch(() => {});
  else if (isNodeStream(body)) await discardNodeStream(body);
}

/**
 * Lets go of a body that nobody will read, or its content stays in memory and its connection open.
 *
 * @param holder a request or a response.
 */
export function releaseBody(holder: { readonly body?: unknown } | undefined): void {
  const body = holder?.body as { cancel?: () => Promise<void> } | null | undefined;
  if (typeof body?.cancel === 'function') void Promise.resolve(body.cancel()).catch(() => {});
  else if (isNodeStream(body)) destroyPipe(body);
}

/**
 * Destroys what leads into the stream too: node-fetch 2 hands out the end of a pipe, and without that end the rest of
 * the answer would stay in its connection, and the connection open, for ever.
 */
function destroyPipe(stream: NodeStream): void {
  stream.on('unpipe', destroyPipe);
  stream.destroy();
}

async function discardWebStream(stream: WebStream): Promise<void> {
  const reader = stream.getReader();
  const giveUp = (): void => void reader.cancel().catch(() => {});
  const timer = setTimeout(giveUp, LONGEST_MS);
  try {
    for (let bytes = 0; bytes <= MOST_BYTES;) {
      // oxlint-disable-next-line no-await-in-loop -- the chunks come one after the other
      const { done, value } = await reader.read();
      if (done) return;
      bytes += value?.byteLength ?? 0;
    }
    giveUp();
  } finally {
    clearTimeout(timer);
  }
}

async function discardNodeStream(stream: NodeStream): Promise<void> {
  if (stream.readableEnded || stream.destroyed) return;
  await new Promise<void>((resolve) => {
    const giveUp = (): void => destroyPipe(stream);
    const timer = setTimeout(giveUp, LONGEST_MS);
    const end = (): void => {
      clearTimeout(timer);
      resolve();
    };
    for (const event of ['end', 'close', 'error']) stream.on(event, end);
    let bytes = 0;
    stream.on('data', (chunk) => {
      bytes += chunk?.length ?? 0;
      if (bytes > MOST_BYTES) giveUp();
    });
  });
}

function isWebStream(body: unknown): body is WebStream {
  return typeof (body as Partial<WebStream> | undefined)?.getReader === 'function';
}

function isNodeStream(body: unknown): body is NodeStream {
  const { on, destroy } = (body ?? {}) as Partial<NodeStream>;
  return typeof on === 'function' && typeof destroy === 'function';
}
