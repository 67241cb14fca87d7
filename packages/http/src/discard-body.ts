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
    const giveUp = (): void => void stream.destroy();
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
