import type { Duplex } from 'node:stream';
import type { Fault } from './connection.ts';
import { hangUpWith } from './connection-faults.ts';

// What happens to an answer on its way. The names are those of Toxiproxy.

export const latency: Fault = ({ client, connectTarget, ms, after }) => {
  const upstream = connectTarget();
  client.pipe(upstream);
  upstream.on('data', (chunk: Buffer) => after(ms, () => client.write(chunk)));
  upstream.once('end', () => after(ms, () => client.end()));
};

export const bandwidth: Fault = ({ client, connectTarget, bytes, after }) => {
  const upstream = connectTarget();
  client.pipe(upstream);
  inOrder(upstream, client, (chunk, next) => {
    after(Math.ceil((chunk.length / bytes) * 1000), () => {
      client.write(chunk);
      next();
    });
  });
};

export const slicer: Fault = ({ client, connectTarget, ms, bytes, after }) => {
  const upstream = connectTarget();
  client.pipe(upstream);
  inOrder(upstream, client, (chunk, next) => {
    const writeFrom = (at: number): void => {
      after(ms, () => {
        client.write(chunk.subarray(at, at + bytes));
        if (at + bytes < chunk.length) writeFrom(at + bytes);
        else next();
      });
    };
    writeFrom(0);
  });
};

export const slowClose: Fault = ({ client, connectTarget, ms, after }) => {
  const upstream = connectTarget();
  client.pipe(upstream);
  upstream.pipe(client, { end: false });
  upstream.once('end', () => after(ms, () => client.end()));
};

export const timeout: Fault = ({ client, ms, after }) => {
  hangUpWith(client);
  after(ms, () => client.destroy());
};

export const limitData: Fault = ({ client, connectTarget, bytes }) => {
  const upstream = connectTarget();
  let left = bytes;
  client.pipe(upstream);
  upstream.on('data', (chunk: Buffer) => {
    if (left <= 0) return;
    client.write(chunk.subarray(0, left));
    left -= chunk.length;
    if (left <= 0) client.end(() => client.destroy());
  });
  upstream.once('end', () => client.end());
};

/** Hands on one chunk after the other, and the end after the last; a socket may tell its end while it is paused. */
function inOrder(upstream: Duplex, client: Duplex, send: (chunk: Buffer, next: () => void) => void): void {
  const waiting: Buffer[] = [];
  let sending = false;
  let ended = false;

  function next(): void {
    const chunk = waiting.shift();
    sending = chunk !== undefined;
    if (chunk) send(chunk, next);
    else if (ended) client.end();
  }

  upstream.on('data', (chunk: Buffer) => {
    waiting.push(chunk);
    if (!sending) next();
  });
  upstream.once('end', () => {
    ended = true;
    if (!sending) next();
  });
}
