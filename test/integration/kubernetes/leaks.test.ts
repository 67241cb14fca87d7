// Whatever goes wrong, and however one logs in: no credential and no key in anything that can be printed.
import { createKeyProvider, type KeyEvent } from '@magic-hour-keys/core';
import { findLeaks } from '@magic-hour-keys/testing';
import type { KubernetesFault } from '@magic-hour-keys/testing/fakes/kubernetes';
import { expect, test } from 'vitest';
import { createHurriedRuntime, read } from '../store-reads.ts';
import { startWorld } from './kubernetes-world.ts';

const runtime = createHurriedRuntime();

/** Each tells all that it knows, as a server in trouble may. */
function faultsThatTell(secrets: readonly string[]): readonly KubernetesFault[] {
  const told = secrets.join(' ');
  return [
    { status: 200, text: told },
    { status: 200, json: { kind: 'Secret', metadata: { resourceVersion: '1' }, data: told } },
    { status: 200, json: { kind: 'Secret', metadata: { resourceVersion: '1' }, data: { [told]: 7 } } },
    { status: 200, json: { kind: 'Status', message: told, reason: told } },
    ...[400, 401, 403, 404, 409, 429, 500, 503].map((status) => ({
      status,
      headers: { 'audit-id': secrets[0] ?? '' },
      json: {
        kind: 'Status',
        message: `User "system:serviceaccount:${told}"`,
        reason: secrets[0],
        code: status,
      },
    })),
    { status: 307, headers: { location: `https://evil.test/${encodeURIComponent(told)}` } },
    { status: 503, text: told, headers: { 'retry-after': '1', 'x-told': secrets[0] ?? '' } },
    'disconnect',
  ];
}

test.each(['pod', 'kubeconfig'])(
  'with the login of a %s no failure shows anything',
  async (login) => {
    const { source, sourceByKubeconfig, cluster, key, token } = await startWorld();
    const seen: unknown[] = [];
    let failures = 0;
    for (const fault of faultsThatTell([key, token])) {
      const events: KeyEvent[] = [];
      const one = login === 'pod' ? source() : await sourceByKubeconfig({ token });
      cluster.fail(fault, { times: Infinity });
      const provider = createKeyProvider(one, {
        onEvent: (event) => events.push(event),
        attemptMs: 5000,
        runtime,
      });
      const error: unknown = await read(one).catch((thrown: unknown) => thrown);
      const shown: unknown = await provider.getKey().catch((thrown: unknown) => thrown);
      failures += shown instanceof Error ? 1 : 0;
      seen.push(
        error instanceof Error ? [error, one.classify?.(error)] : [],
        shown,
        events,
        one,
        provider.health(),
      );
      cluster.heal();
      await provider.close();
    }
    expect(failures).toBe(faultsThatTell([]).length);
    expect(findLeaks(seen, [key, token])).toEqual([]);
  },
  60_000,
);
