import { createKeyProvider, staticKey } from '@magic-hour-keys/core';
import { makeTestKey } from '@magic-hour-keys/testing';
import { comparePaired } from './paired.mjs';

/** `peek()` and `getKey()` of a warm provider against the least that a lazy cache can do: one property, one clock. */
export async function benchHotPath() {
  const provider = createKeyProvider(staticKey(makeTestKey()));
  const key = await provider.getKey();
  const cell = { key, until: Date.now() + 3_600_000 };
  const settled = Promise.resolve(key);

  const peek = await comparePaired(
    { run: () => provider.peek() },
    { run: () => (Date.now() < cell.until ? cell.key : undefined) },
  );
  const getKey = await comparePaired(
    { run: () => provider.getKey(), isAsync: true },
    { run: () => (Date.now() < cell.until ? settled : undefined), isAsync: true },
  );
  await provider.close();
  return [
    { name: 'peek()', against: 'property + Date.now()', limit: 1.25, ...peek },
    { name: 'await getKey()', against: 'settled promise + Date.now()', limit: 1.15, ...getKey },
  ];
}
