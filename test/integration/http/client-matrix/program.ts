// One cell of the table of clients: loads the package that argv names and does three things with it, against servers of
// this machine. The last line that it prints is what came of that, in JSON. `scripts/test-clients.mjs` bundles it into
// a folder where the clients are installed.
import { argv, exit } from 'node:process';
import { createKeyProvider } from '@magic-hour-keys/core';
import { createMemorySource, startFakeMagicHourApi } from '@magic-hour-keys/testing';
import { startEchoServer } from '../echo-server.ts';
import { RECIPES } from './recipes.ts';

/** @param packageName '' for what Node has built in. */
async function tryClient(recipe: string, packageName: string): Promise<object> {
  let loaded: unknown;
  try {
    if (packageName) loaded = await import(packageName);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return { loadError: code ?? message.split('\n')[0] };
  }
  const source = createMemorySource();
  const provider = createKeyProvider(source);
  const api = await startFakeMagicHourApi({ accept: [source.current] });
  const elsewhere = await startEchoServer();
  const allowed = { allowedOrigins: [api.origin], allowInsecureLoopback: true };
  const prepare = RECIPES[recipe];
  if (!prepare) throw new Error(`there is no recipe ${recipe}`);
  // A key agent could not wait, and neither need the others.
  await provider.getKey();
  const client = prepare({ provider, origin: api.origin, allowed, loaded });

  const faults: string[] = [];
  const check = (isRight: boolean, fault: string): void => void (isRight || faults.push(fault));
  const headersAtApi = (): unknown[] => api.requests.map(({ authorization }) => authorization);

  const first = source.current;
  check((await client.send()) === 200, 'the request was not answered with 200');
  check(isSame(headersAtApi(), [`Bearer ${first}`]), 'the request did not have the key once');

  api.clearRequests();
  api.revoke(first);
  const second = source.rotate();
  api.accept(second);
  check((await client.send()) === 200, 'the request after the rotation was not answered with 200');
  const both = [`Bearer ${first}`, `Bearer ${second}`];
  check(isSame(headersAtApi(), both), 'the 401 was not followed by one request with the new key');
  check(isSame(source.reads, ['initial', 'rejected']), 'the rotation did not cost one read of the store');

  api.clearRequests();
  api.setMode({ location: `${elsewhere.origin}/next` });
  await client.send().catch(() => undefined);
  check(isSame(headersAtApi(), [`Bearer ${second}`]), 'the request to be redirected did not have the key');
  const hops = elsewhere.arrived;
  check(hops.length === (client.followsRedirects ? 1 : 0), `${hops.length} requests came by the redirect`);
  check(
    hops.every(({ headers }) => headers.authorization === undefined),
    'the redirect took the key along',
  );
  return { faults };
}

function isSame(found: readonly unknown[], expected: readonly unknown[]): boolean {
  return JSON.stringify(found) === JSON.stringify(expected);
}

const [, , recipe = '', packageName = ''] = argv;
console.log(JSON.stringify(await tryClient(recipe, packageName)));
exit();
