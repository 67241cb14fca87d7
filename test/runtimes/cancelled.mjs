// A request that was heard and is then given up, on a connection that has served another before: it ends at once, with
// the caller's own reason, and is not sent again. A second generation of images would be charged for.
//   cancelled.mjs <store|fetch|node:http>
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Agent, createServer } from 'node:http';
import { createKeyProvider } from '@magic-hour-keys/core';
import { createTransport } from '@magic-hour-keys/core/node';
import { createFetch } from '@magic-hour-keys/http';
import { createRequest } from '@magic-hour-keys/http/node';
import { createMemorySource } from '@magic-hour-keys/testing';

/** For a request that is sent again, and for one that does not end. */
const WAIT_MS = 500;

const heard = [];
let isHanging = false;
const server = createServer((request, answer) => {
  request.resume().once('end', () => {
    heard.push(request.method);
    server.emit('heard');
    if (!isHanging) answer.end('{}');
  });
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const origin = `http://127.0.0.1:${server.address().port}`;

const provider = createKeyProvider(createMemorySource());
await provider.getKey();
const allowed = { allowedOrigins: [origin], allowInsecureLoopback: true };

/** Each sends a POST, reads the answer away, and tells how it lets go of its connections. */
const CLIENTS = {
  store() {
    const transport = createTransport({ environment: {} });
    const send = (signal) => transport.request({ method: 'POST', url: origin, body: '{}', signal });
    return { send, close: () => transport.close() };
  },
  fetch() {
    const fetch = createFetch(provider, allowed);
    const send = async (signal) => (await fetch(origin, { method: 'POST', body: '{}', signal })).text();
    return { send, close: () => undefined };
  },
  'node:http'() {
    const request = createRequest(provider, allowed);
    const agent = new Agent({ keepAlive: true });
    const send = async (signal) => {
      const answer = await request(origin, { method: 'POST', body: '{}', agent, signal });
      await once(answer.resume(), 'end');
    };
    return { send, close: () => agent.destroy() };
  },
};

const { send, close } = CLIENTS[process.argv[2]]();
await send();
assert.deepEqual(heard.splice(0), ['POST']);

isHanging = true;
const reason = new Error('the caller is gone');
const controller = new AbortController();
const arrives = once(server, 'heard');
const ending = send(controller.signal).then(
  () => 'an answer',
  (error) => error,
);
await arrives;
controller.abort(reason);
const waited = new Promise((resolve) => setTimeout(resolve, WAIT_MS, 'nothing'));
const found = await Promise.race([ending, waited]);
await waited;
const faults = [];
if (found === 'nothing') faults.push(`it goes on ${WAIT_MS} ms after the caller gave it up`);
else if (found !== reason && found.cause !== reason) faults.push(`it ended with ${found}`);
if (heard.length !== 1) faults.push(`it was sent ${heard.length} times`);
close();
server.closeAllConnections();
server.close();
await provider.close();
assert.deepEqual(faults, []);
