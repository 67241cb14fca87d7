import { constants, createServer, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2';
import type { Fault } from './connection.ts';

export const http2Goaway: Fault = speakHttp2((session) => {
  session.goaway(constants.NGHTTP2_ENHANCE_YOUR_CALM);
  session.close();
});

export const http2ResetStream: Fault = speakHttp2((_session, stream) => {
  stream.close(constants.NGHTTP2_INTERNAL_ERROR);
});

/** HTTP/2 from the first byte on, as gRPC servers speak it; a client of HTTP/1 can't make sense of it. */
function speakHttp2(onRequest: (session: ServerHttp2Session, stream: ServerHttp2Stream) => void): Fault {
  return ({ client }) => {
    const server = createServer();
    server.on('session', (session) => {
      session.on('error', () => client.destroy());
      session.on('stream', (stream) => {
        stream.on('error', () => undefined);
        onRequest(session, stream);
      });
    });
    server.on('sessionError', () => client.destroy());
    server.emit('connection', client);
  };
}
