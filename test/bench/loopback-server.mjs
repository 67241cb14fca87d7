// In a process of its own, so that the server's work is not counted as the client's.
import { createServer } from 'node:http';

/** As the API answers, or its SDK would not take it. */
const ANSWER = JSON.stringify({ id: '1', credits_charged: 5, frame_cost: 5 });

const server = createServer((request, response) => {
  request.resume();
  request.on('end', () => response.setHeader('content-type', 'application/json').end(ANSWER));
});
server.listen(0, '127.0.0.1', () => process.send(server.address().port));
process.once('disconnect', () => process.exit(0));
