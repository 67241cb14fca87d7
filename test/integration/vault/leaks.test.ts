// Whatever goes wrong, and however one logs in: no credential and no key in anything that can be printed.
import { createKeyProvider, type KeyEvent } from '@magic-hour-keys/core';
import { findLeaks } from '@magic-hour-keys/testing';
import type { VaultFault } from '@magic-hour-keys/testing/fakes/vault';
import type { VaultAuth } from '@magic-hour-keys/vault';
import { expect, test } from 'vitest';
import { createHurriedRuntime, read } from '../store-reads.ts';
import { POLICY, startWorld } from './vault-world.ts';

const CANARIES = ['canary-role-id-5d1f', 'canary-secret-id-81c2', 'canary-jwt-f00d-77aa'] as const;
const [ROLE_ID, SECRET_ID, JWT] = CANARIES;

const LOGINS: readonly VaultAuth[] = [
  { method: 'token' },
  { method: 'approle', roleId: { env: 'ROLE_ID' }, secretId: { env: 'SECRET_ID' } },
  { method: 'kubernetes', role: 'w', jwt: { env: 'JWT' } },
  { method: 'jwt', role: 'ci', jwt: { env: 'JWT' } },
];

const runtime = createHurriedRuntime();

/** Each tells all that it knows, as a server in trouble may. */
function faultsThatTell(secrets: readonly string[]): readonly VaultFault[] {
  const told = secrets.join(' ');
  return [
    { status: 200, text: told },
    { status: 200, json: { data: told, errors: [told] } },
    { status: 200, json: { auth: { client_token: told }, data: { path: told, type: told } } },
    ...[400, 403, 404, 412, 429, 500, 503].map((status) => ({
      status,
      json: { errors: [told], warnings: [told] },
    })),
    { status: 307, headers: { location: `https://evil.test/${encodeURIComponent(told)}` } },
    { status: 503, text: told, headers: { 'retry-after': '1', 'x-told': secrets[0] ?? '' } },
    'disconnect',
  ];
}

test.each(LOGINS)(
  'with the login %j no failure shows anything',
  async (auth) => {
    const { source, vault, key, token, env } = await startWorld();
    vault.enableAppRole({ roleId: ROLE_ID, secretIds: [SECRET_ID], policies: [POLICY], ttlSeconds: 600 });
    vault.enableKubernetes({ role: 'w', jwts: [JWT], policies: [POLICY], ttlSeconds: 600 });
    vault.enableJwt({ role: 'ci', jwts: [JWT], policies: [POLICY], ttlSeconds: 600 });
    const variables = { ...env, ROLE_ID, SECRET_ID, JWT };
    const seen: unknown[] = [];
    let failures = 0;
    for (const fault of faultsThatTell([key, token, ...CANARIES])) {
      for (const part of ['/auth/', '/mounts/', '/data/']) {
        const events: KeyEvent[] = [];
        const one = source({ env: variables, auth });
        const provider = createKeyProvider(one, {
          onEvent: (event) => events.push(event),
          attemptMs: 5000,
          runtime,
        });
        vault.fail(fault, { times: Infinity, which: ({ path }) => path.includes(part) });
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
        vault.heal();
        await provider.close();
      }
    }
    const sessions = vault.requests
      .map(({ headers }) => headers['x-vault-token'])
      .filter((text) => typeof text === 'string');
    const secrets = [...new Set([key, token, ...CANARIES, ...sessions])];
    expect(failures).toBeGreaterThan(20);
    expect(findLeaks(seen, secrets)).toEqual([]);
  },
  60_000,
);
