import type { ServerResponse } from 'node:http';
import type { ApiCall } from './api-call.ts';
import type { KubernetesObject, ObjectStore } from './object-store.ts';

/** The watches that are open now. */
export interface WatchStreams {
  start(response: ServerResponse, call: ApiCall): void;
  readonly count: number;
  /** Tells the version of now, without an object. */
  sendBookmarks(): void;
  /** Ends each stream as the server does at its time-out, or after an ERROR event with that Status. */
  end(error?: object): void;
  /** Says nothing more, and leaves the connections open. */
  fallSilent(): void;
  /** Cuts the connections. */
  cut(): void;
}

interface Stream {
  readonly response: ServerResponse;
  readonly call: ApiCall;
  isSilent: boolean;
}

export function createWatchStreams(store: ObjectStore): WatchStreams {
  const streams = new Set<Stream>();

  function send({ response, isSilent }: Stream, type: string, object: unknown): void {
    if (isSilent) return;
    const line = Buffer.from(`${JSON.stringify({ type, object })}\n`);
    // In two parts, because no client may rely on a line coming whole.
    const middle = Math.ceil(line.length / 2);
    response.write(line.subarray(0, middle));
    response.write(line.subarray(middle));
  }

  function concerns({ call }: Stream, plural: string, { metadata }: KubernetesObject): boolean {
    return (
      call.resource.plural === plural &&
      (call.namespace === undefined || call.namespace === metadata.namespace) &&
      (call.selectedName === undefined || call.selectedName === metadata.name)
    );
  }

  store.subscribe(({ type, plural, object }) => {
    for (const stream of streams) if (concerns(stream, plural, object)) send(stream, type, object);
  });

  return {
    start(response, call) {
      const stream: Stream = { response, call, isSilent: false };
      streams.add(stream);
      // Of the response: the request is closed as soon as it has been read.
      response.once('close', () => streams.delete(stream));
      response.writeHead(200, { 'content-type': 'application/json' });
      response.flushHeaders();
      const from = call.query.get('resourceVersion') ?? '0';
      // Without a version, and from version 0, the state of now comes first.
      const known = store.list(call.resource.plural, call.namespace);
      for (const object of from === '0' || from === '' ? known : []) {
        if (concerns(stream, call.resource.plural, object)) send(stream, 'ADDED', object);
      }
    },
    get count() {
      return streams.size;
    },
    sendBookmarks() {
      const metadata = { resourceVersion: store.resourceVersion };
      for (const stream of streams)
        send(stream, 'BOOKMARK', { kind: stream.call.resource.kind, apiVersion: 'v1', metadata });
    },
    end(error) {
      for (const stream of streams) {
        if (error) send(stream, 'ERROR', error);
        stream.response.end();
      }
    },
    fallSilent() {
      for (const stream of streams) stream.isSilent = true;
    },
    cut() {
      for (const { response } of streams) response.destroy();
    },
  };
}
