// Looks for a key in everything that this runtime shows of the things that hold one: in this process, and in what other
// processes print, also while they crash. Each way of showing has to give away a key that lies open, or it proves nothing.
import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { findLeaks, makeTestKey } from '@magic-hour-keys/testing';
import { createHolders, openSecret } from './holders.mjs';
import { listOwnSinks, show } from './own-sinks.mjs';
import { runProgram } from './run-program.mjs';

const PRINTER = fileURLToPath(new URL('print-holders.mjs', import.meta.url));
async function searchThisProcess(key, holders) {
  const sinks = await listOwnSinks();
  const open = openSecret(key);
  assert.notDeepEqual(findLeaks(open, [key]), [], 'the search itself sees nothing');
  for (const [name, sink] of Object.entries(sinks))
    assert.notDeepEqual(findLeaks(show(sink, open), [key]), [], `${name} shows nothing at all`);
  const faults = Object.entries(holders).flatMap(([holder, value]) => [
    ...findLeaks(value, [key]).map(({ sink, encoding }) => `${holder}: ${sink}, as ${encoding}`),
    ...Object.entries(sinks)
      .filter(([, sink]) => findLeaks(show(sink, value), [key]).length > 0)
      .map(([name]) => `${holder}: ${name}`),
  ]);
  assert.deepEqual(faults, []);
  return Object.keys(sinks);
}

async function searchOtherProcesses(key, holders) {
  const print = (way, holder) => runProgram(PRINTER, [way, holder], { env: { PRINTED_KEY: key } });
  const isShown = ({ stdout, stderr }) => findLeaks(stdout + stderr, [key]).length > 0;
  const open = await print('console', 'openSecret');
  assert.equal(isShown(open), true, 'the console shows nothing at all');
  const faults = [];
  for (const way of ['console', 'throw', 'reject']) {
    // Each on its own costs a process; the console gets all of them from one.
    const names = way === 'console' ? ['all'] : ['key', 'keyError', 'errorWithHolders'];
    for (const name of names) {
      const printed = await print(way, name);
      assert.equal(printed.code === 0, way === 'console', `${way} of ${name}: exit code ${printed.code}`);
      assert.notEqual((printed.stdout + printed.stderr).trim(), '', `${way} of ${name} printed nothing`);
      if (isShown(printed)) faults.push(`${way} of ${name}`);
      if (name === 'all')
        assert.ok(printed.stdout.includes(`[ApiKey …${key.slice(-4)}]`), 'a key is not shown as one');
    }
  }
  assert.deepEqual(faults, []);
  return Object.keys(holders).length;
}

const key = makeTestKey();
const { holders, close } = await createHolders(key);
const sinks = await searchThisProcess(key, holders);
const count = await searchOtherProcesses(key, holders);
await close();
console.log(`${count} holders; ${['those of Node', ...sinks].join(', ')}; console; crashes`);
