// A program that a kubeconfig names for logging in: only where it is allowed, and never longer than the deadline.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { inspect } from 'node:util';
import { KubeConfig } from '@kubernetes/client-node';
import { createManualClock, findLeaks } from '@magic-hour-keys/testing';
import { expect, test } from 'vitest';
import { expectEventually, read, readFailure } from '../store-reads.ts';
import { ACCOUNT, NAMESPACE, readText, startWorld, type KubernetesWorld } from './kubernetes-world.ts';

const API_VERSION = 'client.authentication.k8s.io/v1';

/** A plugin that notes each run of it, and prints what stands in a file beside it. */
async function makePlugin({ write, folder }: KubernetesWorld): Promise<{
  readonly exec: object;
  answer(status: object): Promise<unknown>;
  runs(): Promise<number>;
}> {
  const program = `
    const { appendFileSync, readFileSync } = require('node:fs');
    appendFileSync(${JSON.stringify(join(folder, 'runs'))}, process.env.KUBERNETES_EXEC_INFO + process.env.REGION + '\\n');
    process.stdout.write(readFileSync(${JSON.stringify(join(folder, 'answer'))}));`;
  await write('runs', '');
  await write('plugin.cjs', program);
  return {
    exec: {
      apiVersion: API_VERSION,
      command: process.execPath,
      args: [join(folder, 'plugin.cjs')],
      env: [{ name: 'REGION', value: 'eu' }],
    },
    answer: (status) =>
      write('answer', JSON.stringify({ apiVersion: API_VERSION, kind: 'ExecCredential', status })),
    runs: async () => (await readFile(join(folder, 'runs'), 'utf8')).split('\n').length - 1,
  };
}

test('where it is allowed, the program is run and its token is used', async () => {
  const world = await startWorld();
  const plugin = await makePlugin(world);
  await plugin.answer({ token: world.token });
  const source = await world.sourceByKubeconfig({ exec: plugin.exec }, { allowExec: true });
  expect(await readText(source)).toBe(world.key);
  expect(await readFile(join(world.folder, 'runs'), 'utf8')).toBe(
    `{"apiVersion":"${API_VERSION}","kind":"ExecCredential","spec":{"interactive":false}}eu\n`,
  );
});

test('its client certificate is used', async () => {
  const world = await startWorld();
  const plugin = await makePlugin(world);
  const { cert, key } = await world.cluster.issueClientCertificate('root', 'system:masters');
  await plugin.answer({ clientCertificateData: cert, clientKeyData: key });
  const source = await world.sourceByKubeconfig({ exec: plugin.exec }, { allowExec: true });
  expect(await readText(source)).toBe(world.key);
});

test('it is run again when its token ends, and not before', async () => {
  const world = await startWorld();
  const { runtime, advance, wallMs } = createManualClock();
  const plugin = await makePlugin(world);
  await plugin.answer({ token: world.token, expirationTimestamp: new Date(wallMs() + 60_000).toISOString() });
  const options = { allowExec: true, source: { runtime } };
  const source = await world.sourceByKubeconfig({ exec: plugin.exec }, options);
  await read(source);
  await advance(49_000);
  await read(source);
  expect(await plugin.runs()).toBe(1);
  await advance(2000);
  await read(source);
  expect(await plugin.runs()).toBe(2);
});

test('a token without an end is kept until it is refused; then the program is run once more', async () => {
  const world = await startWorld();
  const { cluster, token, key } = world;
  const plugin = await makePlugin(world);
  await plugin.answer({ token });
  const source = await world.sourceByKubeconfig({ exec: plugin.exec }, { allowExec: true });
  await read(source);
  await read(source);
  expect(await plugin.runs()).toBe(1);
  cluster.revokeToken(token);
  await plugin.answer({ token: cluster.createToken(NAMESPACE, ACCOUNT) });
  expect(await readText(source)).toBe(key);
  expect(await plugin.runs()).toBe(2);
  expect(cluster.requests.map(({ status }) => status)).toEqual([200, 200, 401, 200]);
});

test('a program that hangs ends with the deadline, where client-node would wait for ever', async () => {
  const world = await startWorld();
  const pidFile = join(world.folder, 'pid');
  await world.write('pid', '');
  await world.write(
    'hang.cjs',
    `require('node:fs').writeFileSync(${JSON.stringify(pidFile)}, String(process.pid)); setInterval(() => {}, 1000);`,
  );
  const exec = { apiVersion: API_VERSION, command: process.execPath, args: [join(world.folder, 'hang.cjs')] };
  const source = await world.sourceByKubeconfig({ exec }, { allowExec: true });
  const deadline = new AbortController();
  const reason = new Error('the deadline');
  const reading = source
    .read({ signal: deadline.signal, reason: 'initial' })
    .catch((error: unknown) => error);
  let pid = 0;
  await expect
    .poll(async () => (pid = Number(await readFile(pidFile, 'utf8'))), { timeout: 30_000 })
    .toBeGreaterThan(0);
  deadline.abort(reason);
  expect(await reading).toBe(reason);
  await expectEventually(() => isRunning(pid)).toBe(false);
});

test('what a program prints when it fails is told to nobody, where client-node makes it the message', async () => {
  const world = await startWorld();
  await world.write('fail.cjs', `console.error(${JSON.stringify(world.token)}); process.exit(1);`);
  const exec = { apiVersion: API_VERSION, command: process.execPath, args: [join(world.folder, 'fail.cjs')] };
  const source = await world.sourceByKubeconfig({ exec }, { allowExec: true });
  const raw = new KubeConfig();
  raw.loadFromFile(join(world.folder, 'kubeconfig'));
  const rawError: unknown = await raw.applyToHTTPSOptions({}).catch((error: unknown) => error);
  expect(inspect(rawError)).toContain(world.token);
  const failure = await readFailure(source);
  expect(failure).toMatchObject({ code: 'unauthenticated', message: expect.stringContaining('failed') });
  expect(findLeaks(failure, [world.token])).toEqual([]);
});

test.each<[string, string, string]>([
  ['nothing', '', 'gave no token'],
  ['something else than JSON', 'a token', 'gave no token'],
  ['no token', '{"status":{}}', 'gave no token'],
])('a program that prints %s is unauthenticated', async (_, text, message) => {
  const world = await startWorld();
  const plugin = await makePlugin(world);
  await world.write('answer', text);
  const source = await world.sourceByKubeconfig({ exec: plugin.exec }, { allowExec: true });
  expect(await readFailure(source)).toMatchObject({
    code: 'unauthenticated',
    message: expect.stringContaining(message),
  });
});

test.each<[string, object, string]>([
  [
    'a program that is not installed',
    { apiVersion: API_VERSION, command: 'no-such-program-anywhere' },
    'not installed',
  ],
  [
    'a program below the kubeconfig that is not there',
    { apiVersion: API_VERSION, command: './no' },
    'not installed',
  ],
  ['no command', { apiVersion: API_VERSION }, 'names no command'],
  ['an unknown version', { apiVersion: 'client.authentication.k8s.io/v9', command: 'true' }, 'version'],
  [
    'a plugin that asks questions',
    { apiVersion: API_VERSION, command: 'true', interactiveMode: 'Always' },
    'person',
  ],
])('%s is invalid_config', async (_, exec, message) => {
  const world = await startWorld();
  const source = await world.sourceByKubeconfig({ exec }, { allowExec: true });
  expect(await readFailure(source)).toMatchObject({
    code: 'invalid_config',
    message: expect.stringContaining(message),
  });
});

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
