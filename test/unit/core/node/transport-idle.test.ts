// The server runs in a process of its own, so that every connection that Node counts here is the client's.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { execPath, getActiveResourcesInfo } from 'node:process';
import { createTransport, type Transport } from '@magic-hour-keys/core/node';
import { onTestFinished, expect, test } from 'vitest';
import { makeCertificate } from './certificate.ts';
import { expectEventually } from './servers-for-test.ts';

const { key, cert } = makeCertificate(['store.test', '127.0.0.1']);

/** Speaks http, https, and CONNECT over both; `/hold` is never answered. */
const SERVER = `
  const net = require('node:net');
  const tls = { key: process.env.KEY, cert: process.env.CERT };
  const answer = (request, response) => request.url === '/hold' || response.end('ok');
  const plain = require('node:http').createServer(answer);
  const secure = require('node:https').createServer(tls, answer);
  for (const server of [plain, secure]) {
    server.keepAliveTimeout = 0;
    server.on('connect', (request, socket) => {
      const upstream = net.connect(secure.address().port, '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 OK\\r\\n\\r\\n');
        upstream.pipe(socket).pipe(upstream);
      });
      for (const side of [socket, upstream]) side.on('error', () => undefined);
    });
  }
  plain.listen(0, '127.0.0.1', () => secure.listen(0, '127.0.0.1', () => {
    console.log(plain.address().port + ' ' + secure.address().port);
  }));
`;

async function startServerProcess(): Promise<{ plain: string; secure: string }> {
  const child = spawn(execPath, ['-e', SERVER], {
    env: { KEY: key, CERT: cert },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill());
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const [plain, secure] = line.toString().trim().split(' ');
  return { plain: `127.0.0.1:${plain}`, secure: `127.0.0.1:${secure}` };
}

/** The connections that would keep this process from ending. */
function connectionsThatHold(): number {
  return getActiveResourcesInfo().filter((name) => /TCP|TLS|JSStream/.test(name)).length;
}

function transportOf(environment: Record<string, string> = {}): Transport {
  const transport = createTransport({ environment, ca: cert });
  onTestFinished(() => transport.close());
  return transport;
}

test.each<[string, (at: { plain: string; secure: string }) => [string, Record<string, string>]]>([
  ['http', ({ plain }) => [`http://${plain}`, {}]],
  ['https', ({ secure }) => [`https://${secure}`, {}]],
  ['https behind a proxy', ({ plain }) => ['https://store.test', { https_proxy: `http://${plain}` }]],
  [
    'https behind an https proxy',
    ({ secure }) => ['https://store.test', { https_proxy: `https://${secure}` }],
  ],
])('the process can end while a connection by %s is idle', async (_, choose) => {
  const [origin, environment] = choose(await startServerProcess());
  const transport = transportOf(environment);
  const before = connectionsThatHold();
  await transport.request({ method: 'GET', url: `${origin}/` });
  expect(connectionsThatHold()).toBe(before);

  // Used again, it holds the process for as long as somebody waits.
  const deadline = new AbortController();
  const waiting = transport.request({ method: 'GET', url: `${origin}/hold`, signal: deadline.signal });
  await expectEventually(connectionsThatHold).toBeGreaterThan(before);
  deadline.abort();
  await expect(waiting).rejects.toBe(deadline.signal.reason);
  await expectEventually(connectionsThatHold).toBe(before);
});

test('a request for which nobody waits does not hold the process', async () => {
  const { plain } = await startServerProcess();
  const transport = transportOf();
  await transport.request({ method: 'GET', url: `http://${plain}/` });
  const before = connectionsThatHold();
  const deadline = new AbortController();
  const waiting = transport.request({
    method: 'GET',
    url: `http://${plain}/hold`,
    signal: deadline.signal,
    keepsProcessAlive: false,
  });
  await new Promise((resolve) => setImmediate(resolve));
  expect(connectionsThatHold()).toBe(before);
  deadline.abort();
  await expect(waiting).rejects.toBe(deadline.signal.reason);
});
