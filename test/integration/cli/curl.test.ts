// The real curl against a TLS server of this machine that answers for api.magichour.ai.
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { makeTestKey } from '@magic-hour-keys/testing';
import { afterEach, beforeEach, expect, test, type TestContext } from 'vitest';
import { temporaryProject } from '../../unit/config/config-for-test.ts';
import { makeCertificate } from '../../unit/core/node/certificate.ts';

const bin = fileURLToPath(new URL('../../../packages/cli/dist/bin.js', import.meta.url));
const project = temporaryProject();
const key = makeTestKey();

interface Seen {
  readonly host: string | undefined;
  readonly url: string | undefined;
  readonly authorization: string | undefined;
  readonly body: string;
}

let server: Server;
let seen: Seen[];
let answer: { status: number; headers: Record<string, string> };
let inspectMachine: () => void;

beforeEach(async (context: TestContext) => {
  if (!existsSync(bin)) context.skip('the command line is not built; run the build first');
  if (!isCurlThere()) context.skip('there is no curl on this machine');
  const certificate = makeCertificate(['api.magichour.ai', 'evil.test']);
  await project.write('ca.pem', certificate.cert);
  await project.write('.env', `MAGIC_HOUR_API_KEY=${key}\n`);
  seen = [];
  answer = { status: 200, headers: {} };
  inspectMachine = () => undefined;
  server = createServer(certificate, (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      inspectMachine();
      const { host, authorization } = request.headers;
      seen.push({ host, authorization, url: request.url, body: Buffer.concat(chunks).toString() });
      response.writeHead(answer.status, answer.headers).end('answered');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});

afterEach(() => new Promise((resolve) => (server ? server.close(resolve) : resolve(undefined))));

function isCurlThere(): boolean {
  try {
    execFileSync('curl', ['--version']);
    return true;
  } catch {
    return false;
  }
}

function curl(...given: string[]): Promise<{ exitCode: number | null; stdout: string; stderr: string }> {
  const { port } = server.address() as AddressInfo;
  const hosts = ['api.magichour.ai', 'evil.test'].flatMap((host) => [
    '--connect-to',
    `${host}:443:127.0.0.1:${port}`,
  ]);
  const argv = [bin, 'curl', '--', '-sS', '--cacert', project.path('ca.pem'), ...hosts, ...given];
  const { PATH } = process.env;
  const child = spawn(process.execPath, argv, {
    cwd: project.path(''),
    env: { PATH, CURL_HOME: project.path('') },
  });
  const printed = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => (printed.stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (printed.stderr += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (exitCode) => resolve({ exitCode, ...printed }));
  });
}

test('curl sends the request with the key, and its own arguments', async () => {
  const url = 'https://api.magichour.ai/v1/ai-image-generator';
  const result = await curl('-X', 'POST', '--json', '{"image_count":1}', '-w', ' %{http_code}', url);
  expect(result).toEqual({ exitCode: 0, stdout: 'answered 200', stderr: '' });
  expect(seen).toEqual([
    {
      host: 'api.magichour.ai',
      url: '/v1/ai-image-generator',
      authorization: `Bearer ${key}`,
      body: '{"image_count":1}',
    },
  ]);
});

test('the exit code is the one of curl', async () => {
  answer = { status: 404, headers: {} };
  expect(await curl('--fail', 'https://api.magichour.ai/')).toMatchObject({ exitCode: 22, stdout: '' });
});

test('the key does not follow a redirect to another host', async () => {
  answer = { status: 302, headers: { location: 'https://evil.test/there' } };
  await curl('--location', '--max-redirs', '1', 'https://api.magichour.ai/here');
  expect(seen.map(({ host, authorization }) => [host, authorization])).toEqual([
    ['api.magichour.ai', `Bearer ${key}`],
    ['evil.test', undefined],
  ]);
});

test('a .curlrc that makes curl talk is not read', async () => {
  await project.write('.curlrc', 'verbose\n');
  const result = await curl('https://api.magichour.ai/');
  expect(result).toEqual({ exitCode: 0, stdout: 'answered', stderr: '' });
});

test('while curl runs, the key is in no argument and in no variable of any process', async (context) => {
  if (!existsSync('/proc/self/cmdline')) context.skip('this system has no /proc');
  const found: string[] = [];
  let processes = 0;
  inspectMachine = () => {
    for (const id of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      const text = readIfThere(`/proc/${id}/cmdline`) + readIfThere(`/proc/${id}/environ`);
      if (text.includes('api.magichour.ai')) processes += 1;
      if (text.includes(key)) found.push(id);
    }
  };
  await curl('https://api.magichour.ai/');
  expect(found).toEqual([]);
  // mhk and curl themselves, or this has looked at nothing.
  expect(processes).toBeGreaterThanOrEqual(2);
});

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
