// A stand-in of the API that knows nothing but which keys are good. In a process of its own, so that it is no part of
// what is loaded.
import { createServer } from 'node:http';

const good = new Set();
const server = createServer((request, response) => {
  request.resume();
  request.once('end', () => {
    const key = request.headers.authorization?.replace('Bearer ', '');
    response.statusCode = good.has(key) ? 200 : 401;
    response.setHeader('content-type', 'application/json').end('{"id":"1"}');
  });
});
process.on('message', ({ accept, revoke, id }) => {
  if (accept) good.add(accept);
  if (revoke) good.delete(revoke);
  process.send({ id });
});
process.once('disconnect', () => process.exit(0));
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }));
