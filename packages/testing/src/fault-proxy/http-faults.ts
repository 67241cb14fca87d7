import { gzipSync } from 'node:zlib';
import type { Connection, Fault } from './connection.ts';

// Each answers one request and is gone: what else a client would send on the connection is not read.

const JSON_TYPE = 'content-type: application/json';
const MEMBER_BYTES = 2 ** 20;

/** A banner, as a server of another protocol sends it. */
export const notHttp: Fault = answer(({ client }) => {
  client.write('SSH-2.0-OpenSSH_9.6\r\n');
});

export const endlessHeaders: Fault = answer(({ client, ms, every }) => {
  let count = 0;
  client.write('HTTP/1.1 200 OK\r\n');
  every(ms, () => {
    count += 1;
    client.write(`x-filler-${count}: nothing yet\r\n`);
  });
});

export const resetAfterHeaders: Fault = answer(({ client, body, ms, after, reset }) => {
  client.write(head('200 OK', JSON_TYPE, contentLength(body)));
  // A reset overtakes what is still under way, so the headers get a head start.
  after(ms, reset);
});

export const trickle: Fault = answer(({ client, body, ms, after, end }) => {
  const bytes = Buffer.from(body);
  client.write(head('200 OK', JSON_TYPE, contentLength(body)));
  const writeFrom = (at: number): void => {
    after(ms, () => {
      client.write(bytes.subarray(at, at + 1));
      if (at + 1 < bytes.length) writeFrom(at + 1);
      else end();
    });
  };
  writeFrom(0);
});

export const contentLengthTooLong: Fault = answer(({ client, body }) => {
  client.end(head('200 OK', JSON_TYPE, `content-length: ${Buffer.byteLength(body) + 100}`) + body);
});

export const contentLengthTooShort: Fault = answer(({ client, body }) => {
  const announced = Math.floor(Buffer.byteLength(body) / 2);
  client.end(head('200 OK', JSON_TYPE, `content-length: ${announced}`) + body);
});

/** Blanks, which JSON may begin with. */
export const endlessChunks: Fault = answer(({ client, bytes, ms, every }) => {
  const chunk = `${bytes.toString(16)}\r\n${' '.repeat(bytes)}\r\n`;
  client.write(head('200 OK', JSON_TYPE, 'transfer-encoding: chunked'));
  every(ms, () => client.write(chunk));
});

/** Members of one gzip stream may follow each other (RFC 1952 section 2.2), so the bomb costs its maker nothing. */
export const gzipBomb: Fault = answer(({ client, bytes, body }) => {
  const members = Math.max(1, Math.round(bytes / MEMBER_BYTES));
  const blanks = gzipSync(' '.repeat(MEMBER_BYTES));
  const packed = Buffer.concat([...Array.from({ length: members }, () => blanks), gzipSync(body)]);
  client.write(head('200 OK', JSON_TYPE, 'content-encoding: gzip', `content-length: ${packed.length}`));
  client.end(packed);
});

export const hugeJson: Fault = answer(({ client, bytes, body }) => {
  const text = JSON.stringify({ body, padding: 'x'.repeat(bytes) });
  client.write(head('200 OK', JSON_TYPE, contentLength(text)));
  client.end(text);
});

export const html: Fault = answer(({ client, body }) => {
  const page = `<!doctype html><title>Sign in</title><p>${body}</p>`;
  client.end(head('200 OK', 'content-type: text/html', contentLength(page), 'connection: close') + page);
});

export const noContent: Fault = answer(({ client }) => {
  client.end(head('204 No Content', 'connection: close'));
});

export const informationalFlood: Fault = answer(({ client, ms, every }) => {
  every(ms, () => client.write(head('103 Early Hints', 'link: </style.css>; rel=preload')));
});

export const redirectLoop: Fault = answer(({ client }, path) => {
  const text = 'content-length: 0';
  client.end(head('307 Temporary Redirect', `location: ${path}`, text, 'connection: close'));
});

/** Waits for the head of a request. Nothing but the client's going is read after it. */
function answer(respond: (connection: Connection, path: string) => void): Fault {
  return (connection) => {
    const { client } = connection;
    let received = '';
    const read = (chunk: Buffer): void => {
      received += chunk.toString('latin1');
      if (!received.includes('\r\n\r\n')) return;
      client.off('data', read);
      client.resume();
      respond(connection, received.split(' ', 2)[1] ?? '/');
    };
    client.on('data', read);
    client.once('end', () => client.destroy());
  };
}

function head(status: string, ...headers: readonly string[]): string {
  return `HTTP/1.1 ${status}\r\n${headers.map((header) => `${header}\r\n`).join('')}\r\n`;
}

function contentLength(body: string): string {
  return `content-length: ${Buffer.byteLength(body)}`;
}
