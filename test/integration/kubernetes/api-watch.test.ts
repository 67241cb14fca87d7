import { createKeyProvider } from '@magic-hour-keys/core';
import { KubeConfig, Watch } from '@kubernetes/client-node';
import { createManualClock, findLeaks, makeTestKey, type ManualClock } from '@magic-hour-keys/testing';
import { expect, test } from 'vitest';
import { expectEventually, read } from '../store-reads.ts';
import {
  ACCOUNT,
  atEnd,
  KEY,
  NAME,
  NAMESPACE,
  READ_ONE,
  startWorld,
  type KubernetesWorld,
} from './kubernetes-world.ts';

interface Watching {
  readonly changes: number[];
  readonly clock: ManualClock;
  readonly ended: Promise<unknown>;
  readonly abort: (reason?: unknown) => void;
}

/** After a first read, as core does it. */
async function startWatching({ source, cluster }: KubernetesWorld, wasRead = true): Promise<Watching> {
  const clock = createManualClock();
  const one = source({ runtime: clock.runtime });
  if (wasRead) await read(one);
  const controller = new AbortController();
  const changes: number[] = [];
  const watching = one.watch?.(() => changes.push(changes.length), { signal: controller.signal });
  const ended = Promise.resolve(watching).then(
    () => 'ended',
    (error: unknown) => error,
  );
  await expectEventually(() => cluster.requests.some(({ path }) => path.includes('watch=true'))).toBe(true);
  return { changes, clock, ended, abort: (reason) => controller.abort(reason) };
}

test('a rotation is told at once, and nothing is told of what was read already', async () => {
  const world = await startWorld();
  const { changes } = await startWatching(world);
  await expectEventually(() => world.cluster.watches.count).toBe(1);
  world.cluster.watches.sendBookmarks();
  world.cluster.putSecret(NAMESPACE, NAME, { [KEY]: makeTestKey() });
  await expectEventually(() => changes.length).toBe(1);
  world.cluster.removeSecret(NAMESPACE, NAME);
  await expectEventually(() => changes.length).toBe(2);
});

test('a rotation between the read and the watch is told: a stream begins with the state of now', async () => {
  const world = await startWorld();
  const { changes } = await startWatching(world, false);
  await expectEventually(() => changes.length).toBe(1);
});

test('it asks for one name, and for all since version 0, so that the permission for one name is enough', async () => {
  const world = await startWorld();
  await startWatching(world);
  const { path } = world.cluster.requests.at(-1) ?? { path: '' };
  const { pathname, searchParams } = new URL(path, 'http://x');
  expect(pathname).toBe(`/api/v1/namespaces/${NAMESPACE}/secrets`);
  expect(searchParams.get('fieldSelector')).toBe(`metadata.name=${NAME}`);
  // Without a version, or with bookmarks, a server whose etcd is older than 3.4.25 ends the stream with an error.
  expect(searchParams.get('resourceVersion')).toBe('0');
  expect(searchParams.has('allowWatchBookmarks')).toBe(false);
  expect(Number(searchParams.get('timeoutSeconds'))).toBeGreaterThanOrEqual(240);
  expect(Number(searchParams.get('timeoutSeconds'))).toBeLessThanOrEqual(300);
});

test('a running process has the new key as soon as the Secret is written', async () => {
  const { source, cluster } = await startWorld();
  const provider = createKeyProvider(source());
  atEnd(() => provider.close());
  await provider.getKey();
  await expectEventually(() => cluster.watches.count).toBe(1);
  const next = makeTestKey();
  cluster.putSecret(NAMESPACE, NAME, { [KEY]: next });
  await expectEventually(() => provider.peek()?.reveal()).toBe(next);
});

test('a silent stream is left alone for as long as the server lets it live, then given up as half open', async () => {
  const world = await startWorld();
  const { clock, ended } = await startWatching(world);
  await expectEventually(() => world.cluster.watches.count).toBe(1);
  world.cluster.watches.fallSilent();
  // client-node 2.0.1 ends a silent stream after 30 seconds, 1.4.0 never.
  await clock.advance(240_000);
  expect(world.cluster.watches.count).toBe(1);
  await clock.advance(76_000);
  expect(await ended).toBe('ended');
  await expectEventually(() => world.cluster.watches.count).toBe(0);
});

test('a watch that can not connect ends with its abort; client-node has nothing to abort until it has', async () => {
  const world = await startWorld();
  world.cluster.hold(({ path }) => path.includes('watch'));
  const config = new KubeConfig();
  config.loadFromString(world.cluster.kubeconfig({ token: world.token }));
  let rawController: AbortController | undefined;
  const raw = new Watch(config)
    .watch(
      `/api/v1/namespaces/${NAMESPACE}/secrets`,
      {},
      () => undefined,
      () => undefined,
    )
    .then((controller) => (rawController = controller))
    .catch(() => undefined);
  await world.cluster.whenHeld(1);
  const { ended, abort } = await startWatching(world);
  await world.cluster.whenHeld(2);
  abort();
  expect(await ended).toBe('ended');
  expect(rawController).toBeUndefined();
  world.cluster.release();
  await raw;
  rawController?.abort();
});

test('what is wrong is told inside of a stream that began well: it ends, and the next begins anew', async () => {
  const world = await startWorld();
  const { ended, changes } = await startWatching(world);
  await expectEventually(() => world.cluster.watches.count).toBe(1);
  world.cluster.watches.end({ kind: 'Status', code: 410, reason: 'Expired', message: 'too old' });
  expect(await ended).toBe('ended');
  expect(changes).toEqual([]);
});

test('any other error inside of a stream is a failure, of which no text is told', async () => {
  const world = await startWorld();
  const { ended } = await startWatching(world);
  await expectEventually(() => world.cluster.watches.count).toBe(1);
  world.cluster.watches.end({ kind: 'Status', code: 500, reason: 'InternalError', message: world.token });
  const error = await ended;
  expect(error).toMatchObject({ name: 'KubernetesRefusal', status: 500, reason: 'InternalError' });
  expect(findLeaks(error, [world.token])).toEqual([]);
});

test('a stream that is cut is a failure, which core makes good for', async () => {
  const world = await startWorld();
  const { ended } = await startWatching(world);
  await expectEventually(() => world.cluster.watches.count).toBe(1);
  world.cluster.watches.cut();
  expect(await ended).toMatchObject({ name: 'TransportError' });
});

test('without the permission to watch it waits, instead of asking again and again', async () => {
  const world = await startWorld();
  world.cluster.allow(NAMESPACE, ACCOUNT, [{ ...READ_ONE, verbs: ['get'] }]);
  const { ended, clock, abort } = await startWatching(world);
  await expectEventually(() => world.cluster.requests.at(-1)?.status).toBe(403);
  // The timer of ten minutes stands as soon as the answer has been seen.
  await expectEventually(() => clock.timers().some(({ dueInMs }) => dueInMs === 600_000)).toBe(true);
  expect(clock.timers().every(({ keepAlive }) => !keepAlive)).toBe(true);
  abort();
  expect(await ended).toBe('ended');
});

test('a stream of something else than a watch is a failure', async () => {
  const world = await startWorld();
  const { ended } = await startWatchingBroken(world, '<html>a page\n</html>');
  expect(await ended).toMatchObject({ name: 'KubernetesRefusal', reason: 'Malformed' });
});

async function startWatchingBroken(world: KubernetesWorld, text: string): Promise<Watching> {
  world.cluster.fail({ status: 200, text }, { which: ({ path }) => path.includes('watch') });
  return startWatching(world);
}
