import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { rolldown } from 'rolldown';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeTestKey, searchText } from '@magic-hour-keys/testing';
import { startEchoServer } from './echo-server.ts';
import { ROOT } from './types-consumer.ts';

const CLIENTS = ['fetch', 'undici', 'axios', 'got', 'node', 'agents'];
const AS_PEOPLE_WRITE_IT = ['axios, usual', 'got, usual', 'node, usual'];

/** Inside the repository, so that Node finds the clients from there. */
const parent = join(ROOT, 'node_modules/.cache');
let folder = '';

beforeAll(async () => {
  await mkdir(parent, { recursive: true });
  folder = await mkdtemp(join(parent, 'debug-output-'));
  const build = await rolldown({
    input: join(import.meta.dirname, 'debug-output/program.ts'),
    external: (id) => /^[\w@]/.test(id) && !id.startsWith('@magic-hour-keys/'),
    resolve: { conditionNames: ['@magic-hour-keys/source'] },
    platform: 'node',
  });
  await build.write({ file: join(folder, 'program.mjs'), format: 'esm' });
  await build.close();
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** Everything that the process prints. */
async function runProgram(client: string, key: string, debug: NodeJS.ProcessEnv): Promise<string> {
  await using api = await startEchoServer(({ path }, response) => {
    response.writeHead(path === '/ok' ? 200 : 401).end('{}');
  });
  await using gone = await startEchoServer();
  await gone[Symbol.asyncDispose]();
  const args = [join(folder, 'program.mjs'), client, api.origin, gone.origin];
  const env = { PATH: process.env['PATH'], TEST_KEY: key, ...debug };
  const printed = await new Promise<string>((resolve) => {
    execFile(process.execPath, args, { env, maxBuffer: 2 ** 26 }, (_, stdout, stderr) =>
      resolve(stdout + stderr),
    );
  });
  expect(api.arrived.map(({ headers }) => headers.authorization)).toEqual(Array(2).fill(`Bearer ${key}`));
  return printed;
}

describe.each([
  ['NODE_DEBUG=http,https,net,tls', { NODE_DEBUG: 'http,https,net,tls' }],
  ['DEBUG=*', { DEBUG: '*' }],
])('under %s', (_, debug) => {
  it.each(CLIENTS)('nothing that the process prints has the key: %s', async (client) => {
    const key = makeTestKey();
    const printed = await runProgram(client, key, debug);
    expect(printed.length).toBeGreaterThan(100);
    expect(searchText(printed, [key])).toEqual([]);
  });

  it.each(AS_PEOPLE_WRITE_IT)(
    'the key is printed in the end, so the search is not blind: %s',
    async (client) => {
      const key = makeTestKey();
      expect(searchText(await runProgram(client, key, debug), [key])).not.toEqual([]);
    },
  );
});
