import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdir, rename, symlink, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createKeyProvider } from '@magic-hour-keys/core';
import { kubernetesKeySource } from '@magic-hour-keys/kubernetes';
import { createManualClock, makeTestKey } from '@magic-hour-keys/testing';
import { expect, test, type TestContext } from 'vitest';
import { asOrdinaryUser } from '../../unit/core/node/temporary-folder.ts';
import { expectEventually, read, readFailure } from '../store-reads.ts';
import { atEnd, makeFolder, readText } from './kubernetes-world.ts';
import { createSecretVolume, type SecretVolume } from './secret-volume.ts';

const run = promisify(execFile);

async function makeVolume(data: Record<string, string> = {}): Promise<{ volume: SecretVolume; key: string }> {
  const volume = await createSecretVolume();
  atEnd(() => volume.remove());
  const key = makeTestKey();
  await volume.put({ api_key: key, ...data });
  return { volume, key };
}

test('a mounted Secret is read by its folder, by folder and key, or by its file', async () => {
  const { volume, key } = await makeVolume();
  const { mountPath } = volume;
  expect(await readText(kubernetesKeySource({ mountPath }))).toBe(key);
  expect(await readText(kubernetesKeySource({ mountPath, key: 'api_key' }))).toBe(key);
  expect(await readText(kubernetesKeySource({ mountPath: join(mountPath, 'api_key') }))).toBe(key);
  const [cwd, relative] = [join(mountPath, '..'), basename(mountPath)];
  expect(await readText(kubernetesKeySource({ mountPath: relative, cwd }))).toBe(key);
});

test('the version is the folder that the kubelet wrote, and changes with it', async () => {
  const { volume } = await makeVolume();
  const source = kubernetesKeySource({ mountPath: volume.mountPath });
  const first = await read(source);
  expect(first.version).toMatch(/^\.\.2026_05_01_/);
  await volume.put({ api_key: makeTestKey() });
  const second = await read(source);
  expect(second.version).not.toBe(first.version);
  expect((await read(source)).version).toBe(second.version);
});

test('a file that somebody else put there has no version', async () => {
  const folder = await makeFolder();
  await writeFile(join(folder, 'key'), makeTestKey());
  expect((await read(kubernetesKeySource({ mountPath: folder }))).version).toBeUndefined();
});

test('with several files the error asks for `key`, and names none of them', async () => {
  const { volume } = await makeVolume({ canary: 'x' });
  const failure = await readFailure(kubernetesKeySource({ mountPath: volume.mountPath }));
  expect(failure).toMatchObject({ code: 'invalid_config', message: expect.stringContaining('2 files') });
  expect(JSON.stringify(failure)).not.toContain('canary');
});

test('an empty folder, as of an optional Secret, is not_found; and so is a folder that is not there', async () => {
  const folder = await makeFolder();
  expect(await readFailure(kubernetesKeySource({ mountPath: folder }))).toMatchObject({
    code: 'not_found',
    message: expect.stringContaining('is empty'),
  });
  const missing = await readFailure(kubernetesKeySource({ mountPath: join(folder, 'x'), key: 'api_key' }));
  expect(missing).toMatchObject({ code: 'not_found', upstream: { name: 'ENOENT' } });
  expect(missing.hint).toContain('kubectl describe secret');
});

test('a file that this user may not read is access_denied, with what to set in the pod', async (context) => {
  const folder = await makeFolder();
  const path = join(folder, 'api_key');
  await writeFile(path, makeTestKey(), { mode: 0o000 });
  await chmod(folder, 0o755);
  const source = kubernetesKeySource({ mountPath: path });
  // Loaded before the user changes, who may not read the sources.
  await readFailure(kubernetesKeySource({ mountPath: join(folder, 'x') }));
  const failure = await asOrdinaryUser(context, () => readFailure(source));
  expect(failure).toMatchObject({ code: 'access_denied' });
  expect(failure.hint).toContain('fsGroup');
});

test('reads go on while the kubelet swaps versions, and each gives one of them', async () => {
  const { volume, key } = await makeVolume();
  const source = kubernetesKeySource({ mountPath: volume.mountPath, key: 'api_key' });
  const stored = new Set([key]);
  const seen = new Set<string>();
  const done = new AbortController();
  const swapping = (async () => {
    while (!done.signal.aborted) {
      const next = makeTestKey();
      stored.add(next);
      await volume.put({ api_key: next });
    }
  })();
  for (let count = 0; count < 500 || seen.size < 3; count++) seen.add(await readText(source));
  done.abort();
  await swapping;
  expect([...seen].every((text) => stored.has(text))).toBe(true);
});

test('every swap of `..data` is told, not the first one alone', async () => {
  const { volume } = await makeVolume();
  const { changes } = await watch(volume.mountPath);
  for (let count = 1; count <= 3; count++) {
    await volume.put({ api_key: makeTestKey() });
    await expectEventually(() => changes.length).toBe(count);
  }
});

test('a running process has the new key as soon as it is mounted', async () => {
  const { volume } = await makeVolume();
  const provider = createKeyProvider(kubernetesKeySource({ mountPath: volume.mountPath }));
  atEnd(() => provider.close());
  await provider.getKey();
  for (let count = 0; count < 2; count++) {
    const next = makeTestKey();
    await volume.put({ api_key: next });
    await expectEventually(() => provider.peek()?.reveal()).toBe(next);
  }
});

test('a swap between the read and the watch is told', async () => {
  const { volume } = await makeVolume();
  const { changes } = await watch(volume.mountPath, () => volume.put({ api_key: makeTestKey() }));
  await expectEventually(() => changes.length).toBe(1);
});

test('where the folder tells nothing, a slow poll finds the change', async () => {
  const folder = await makeFolder();
  const mountPath = join(folder, 'mount');
  await mkdir(mountPath);
  await writeFile(join(mountPath, 'key'), makeTestKey());
  const { changes, clock } = await watch(mountPath);
  // The folder that is watched goes away, and another takes its place.
  await mkdir(join(folder, 'next'));
  await writeFile(join(folder, 'next/key'), makeTestKey());
  await rename(mountPath, join(folder, 'old'));
  await symlink('next', mountPath);
  await clock.advance(31_000);
  await expectEventually(() => changes.length).toBeGreaterThan(0);
  expect(clock.timers().every(({ keepAlive }) => !keepAlive)).toBe(true);
});

test('a Secret that is mounted later is found by the poll', async () => {
  const folder = await makeFolder();
  const mountPath = join(folder, 'later');
  const { changes, clock } = await watch(mountPath, () => Promise.resolve(), false);
  await mkdir(mountPath);
  await writeFile(join(mountPath, 'key'), makeTestKey());
  await clock.advance(31_000);
  await expectEventually(() => changes.length).toBe(1);
});

test('a mount with subPath is told, because it never changes', async (context) => {
  needsBuild(context);
  const { volume, key } = await makeVolume();
  const target = join(await makeFolder(), 'api_key');
  await writeFile(target, '');
  const subPath = join(volume.mountPath, 'api_key');
  const script = 'mount --bind "$1" "$2" && shift 2 && exec "$@"';
  const child = [process.execPath, '--input-type=module', '-e', READ_IN_CHILD, target];
  const outcome = await run('unshare', ['-rm', 'sh', '-c', script, 'sh', subPath, target, ...child], {
    cwd: ROOT,
  }).catch((error: unknown) => error as { stdout?: string });
  if (!outcome.stdout) context.skip('bind mounts are not allowed here (unshare -rm)');
  const { value, warnings } = JSON.parse(outcome.stdout ?? '') as { value: string; warnings: unknown };
  expect(value === key).toBe(true);
  const message: unknown = expect.stringContaining(`${target} is mounted with subPath`);
  expect(warnings).toMatchObject([{ code: 'kubernetes_sub_path_mount', message }]);
  expect((await read(kubernetesKeySource({ mountPath: volume.mountPath }))).warnings).toBeUndefined();
});

test('a process that reads a mounted file loads no SDK, and ends by itself while it watches', async (context) => {
  needsBuild(context);
  const { volume, key } = await makeVolume();
  const child = ['--import', REFUSE_SDK, '--input-type=module', '-e', READ_IN_CHILD];
  const { stdout } = await run(process.execPath, [...child, volume.mountPath], {
    cwd: ROOT,
    timeout: 30_000,
  });
  expect((JSON.parse(stdout) as { value: string }).value === key).toBe(true);
  // Where the API server is asked, the same process fails for want of the SDK.
  const asked = await run(process.execPath, child, { cwd: ROOT, timeout: 30_000 });
  expect(JSON.parse(asked.stdout)).toMatchObject({ code: 'invalid_config' });
});

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

const REFUSE_SDK = `data:text/javascript,${encodeURIComponent(`
  import { register } from 'node:module';
  const hooks = 'export async function resolve(name, context, next) {' +
    ' if (name.startsWith("@kubernetes/")) throw new Error("the SDK was loaded"); return next(name, context); }';
  register('data:text/javascript,' + encodeURIComponent(hooks));`)}`;

/** Reads the mounted file that is named, or else asks an API server; prints what came of it. */
const READ_IN_CHILD = `
  import { kubernetesKeySource } from '@magic-hour-keys/kubernetes';
  const [mountPath] = process.argv.slice(1);
  const login = { method: 'kubeconfig', file: process.execPath };
  const source = kubernetesKeySource(mountPath ? { mountPath } : { name: 'x', auth: login });
  const signal = new AbortController().signal;
  try {
    const reading = await source.read({ signal, reason: 'initial' });
    void source.watch(() => {}, { signal });
    console.log(JSON.stringify(reading));
  } catch ({ code }) {
    console.log(JSON.stringify({ code }));
  }`;

function needsBuild(context: TestContext): void {
  if (existsSync(join(ROOT, 'packages/kubernetes/dist/index.js'))) return;
  console.warn('@magic-hour-keys/kubernetes is not built; run the build, then this test');
  context.skip('the package is not built');
}

async function watch(
  mountPath: string,
  meanwhile: () => Promise<void> = () => Promise.resolve(),
  wasRead = true,
): Promise<{ changes: number[]; clock: ReturnType<typeof createManualClock> }> {
  const clock = createManualClock();
  const source = kubernetesKeySource({ mountPath, runtime: clock.runtime });
  if (wasRead) await read(source);
  await meanwhile();
  const controller = new AbortController();
  const changes: number[] = [];
  const watching = source.watch?.(() => changes.push(changes.length), { signal: controller.signal });
  atEnd(async () => {
    controller.abort();
    await watching;
  });
  // The timer of the poll stands as soon as the watch has begun.
  await expectEventually(() => clock.timers().length).toBe(1);
  return { changes, clock };
}
