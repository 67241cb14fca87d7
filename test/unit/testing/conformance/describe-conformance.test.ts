import { CONFORMANCE_CASES, describeConformance } from '@magic-hour-keys/testing/conformance';
import type { SourceHarness, TestContext } from '@magic-hour-keys/testing/conformance';
import { makeTestKey } from '@magic-hour-keys/testing';
import { expect, test } from 'vitest';
import { makeMemoryHarness, memoryDefinition } from '../../../conformance/harness/memory.ts';
import { collectTests, runTests, withoutRepeats } from './run-kit.ts';
import type { KitRun, RegisteredTest } from './run-kit.ts';

const local = { ...memoryDefinition.capabilities, remote: false, permissions: false };

test('every case has an id and a title of its own', () => {
  expect(new Set(CONFORMANCE_CASES.map(({ id }) => id)).size).toBe(CONFORMANCE_CASES.length);
  expect(new Set(CONFORMANCE_CASES.map(({ title }) => title)).size).toBe(CONFORMANCE_CASES.length);
});

test('the tests stand under the name of the store and the way the source is read', () => {
  const headings: string[] = [];
  const runner = {
    describe(name: string, body: () => void) {
      headings.push(name);
      body();
    },
    test: () => undefined,
  };
  describeConformance(runner, memoryDefinition, makeMemoryHarness, { title: 'Memory, in the cloud' });
  expect(headings).toEqual([
    'Memory, in the cloud conforms',
    'the source itself',
    'through createKeyProvider',
    'through firstFound',
  ]);
});

test('what the manifest rules out is left out, with the reason', async () => {
  const definition = { ...memoryDefinition, capabilities: local };
  const { failed, skipped } = await runTests(withoutRepeats(collectTests(definition, makeMemoryHarness)));
  expect(Object.fromEntries(failed)).toEqual({});
  expect(Object.fromEntries(skipped)).toEqual({
    denied: 'it has no permissions of its own',
    unauthenticated: 'it has no permissions of its own',
    'denied-link': 'it has no permissions of its own',
    throttled: 'it is not read over a network',
    unavailable: 'it is not read over a network',
    malformed: 'it is not read over a network',
    healed: 'it is not read over a network',
    abort: 'it is not read over a network',
    'aborted-before': 'it is not read over a network',
    'renew-store-down': 'it is not read over a network',
    'serves-on': 'it is not read over a network',
  });
});

test('what the harness rules out is left out, with its own reason', async () => {
  const makeHarness = async (): Promise<SourceHarness> => ({
    ...(await makeMemoryHarness()),
    fields: undefined,
    hostilePaths: undefined,
    unsupported: { bytes: 'this store keeps text' },
  });
  const { failed, skipped } = await runTests(withoutRepeats(collectTests(memoryDefinition, makeHarness)));
  expect(Object.fromEntries(failed)).toEqual({});
  expect(skipped.get('bytes')).toBe('this store keeps text');
  expect(skipped.get('field')).toBe('a value has no members there');
  expect(skipped.get('path')).toBe('none of its options is a path inside the store');
});

test('every harness is closed, whether its case passes, fails or is left out', async () => {
  let open = 0;
  const makeHarness = async (): Promise<SourceHarness> => {
    const harness = await makeMemoryHarness();
    open += 1;
    return {
      ...harness,
      unsupported: { bytes: 'this store keeps text' },
      put: (value) => (value === '' ? Promise.reject(new Error('refused')) : harness.put(value)),
      close: async () => void (open -= 1),
    };
  };
  const { failed, skipped, passed } = await runTests(
    collectTests(memoryDefinition, makeHarness).filter(({ title }) => /empty|bytes|stored key/.test(title)),
  );
  expect([failed.size, skipped.size, passed > 0]).toEqual([1, 1, true]);
  expect(open).toBe(0);
});

test('what a source prints in a case that nobody else goes through is charged to that case', async () => {
  const run = (titles: readonly string[]): Promise<KitRun> =>
    runTests(choose(collectTests(memoryDefinition, printAtField), titles));

  const first = await run(['prints nothing', 'no such member']);
  expect([...first.failed.keys()]).toEqual(['field-absent']);

  const last = await run(['no such member', 'prints nothing']);
  expect([...last.failed.keys()]).toEqual(['quiet']);
});

test('a message about something printed never repeats a secret', async () => {
  const secret = makeTestKey();
  const makeHarness = async (): Promise<SourceHarness> => {
    const harness = await makeMemoryHarness();
    return {
      ...harness,
      secrets: [secret],
      source(overrides) {
        console.log(`connecting with ${secret}`);
        return harness.source(overrides);
      },
    };
  };
  const { failed } = await runTests(choose(collectTests(memoryDefinition, makeHarness), ['prints nothing']));
  expect(failed.get('quiet')).toMatch(/something was printed, \d+ times: a text with a secret in it/);
  expect(failed.get('quiet')?.includes(secret)).toBe(false);
});

test('a runner whose skip throws, as that of vitest does, sees its own error', async () => {
  const stop = new Error('skipped');
  const context: TestContext = {
    skip() {
      throw stop;
    },
  };
  const definition = { ...memoryDefinition, capabilities: local };
  const [denied] = choose(collectTests(definition, makeMemoryHarness), ['access_denied, and']);
  await expect(denied?.body(context)).rejects.toBe(stop);
});

async function printAtField(): Promise<SourceHarness> {
  const harness = await makeMemoryHarness();
  return {
    ...harness,
    source(overrides = {}) {
      if (overrides['field'] === 'api_key') console.log('looking for a member');
      return harness.source(overrides);
    },
  };
}

/** The first test of each of these titles, in this order. */
function choose(tests: readonly RegisteredTest[], titles: readonly string[]): readonly RegisteredTest[] {
  return titles.flatMap((part) => {
    const found = tests.find(({ title }) => title.includes(part));
    return found ? [found] : [];
  });
}
