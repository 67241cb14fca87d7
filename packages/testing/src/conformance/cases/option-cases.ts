import assert from 'node:assert/strict';
import { isKeyError } from '@magic-hour-keys/core';
import type { ConformanceCase } from '../conformance-case.ts';
import type { Trial } from '../trial.ts';

/** The backend's manifest and its options. */
export const OPTION_CASES: readonly ConformanceCase[] = [
  {
    id: 'manifest',
    title: 'is what its manifest says',
    routes: ['source'],
    async run(trial) {
      await trial.store();
      const { capabilities } = trial;
      const source = trial.makeSource();
      assert.equal(source.name, trial.definition.name, 'the source has another name than its manifest');
      assert.ok(source.location.trim() !== '', 'the source has no location');
      trial.staysHidden(source.location, 'the location');
      const { reading } = await trial.reads(trial.open());
      const found = {
        versions: reading.version !== undefined,
        sequence: reading.sequence !== undefined,
        previous: source.readPrevious !== undefined,
        watch: source.watch !== undefined,
      };
      const { versions, sequence, previous, watch } = capabilities;
      assert.deepEqual(found, { versions, sequence, previous, watch }, 'it can do other things than it says');
    },
  },
  {
    id: 'unknown-option',
    title: 'refuses an option that it does not know',
    routes: ['source'],
    async run({ definition }) {
      const name = 'noSuchOption';
      const verdict: unknown = await definition.schema['~standard'].validate({ [name]: 'a value' });
      assert.ok(namesOption(verdict, name), `the schema takes the option ${name}`);
    },
  },
  {
    id: 'path',
    title: 'refuses a path that leaves its place, without asking the store',
    routes: ['source'],
    skip: ({ harness }) =>
      harness.hostilePaths ? undefined : 'none of its options is a path inside the store',
    async run(trial) {
      await trial.store();
      for (const overrides of trial.harness.hostilePaths ?? []) {
        // oxlint-disable-next-line no-await-in-loop
        await expectRefusal(trial, overrides);
      }
    },
  },
];

async function expectRefusal(trial: Trial, overrides: Record<string, unknown>): Promise<void> {
  const asText = JSON.stringify(overrides);
  let error: unknown;
  const requests = await trial.countRequests(async () => {
    error = await openAndRead(trial, overrides);
  });
  trial.staysHidden(error, 'the error');
  assert.ok(
    isKeyError(error) && error.code === 'invalid_config',
    `${asText} is not refused as invalid_config`,
  );
  assert.equal(requests, 0, `${asText} was sent to the store`);
}

/** A source may refuse its options at once or at the first read. */
async function openAndRead(trial: Trial, overrides: Record<string, unknown>): Promise<unknown> {
  try {
    return await trial.open(overrides).read();
  } catch (error) {
    return error;
  }
}

/** Standard Schema 1 allows a path of names or of `{ key }`; a union's issues have issues of their own. */
function namesOption(found: unknown, name: string): boolean {
  if (typeof found !== 'object' || found === null) return false;
  const { issues, path } = found as { issues?: unknown; path?: unknown };
  const isNamed = Array.isArray(path) && path.some((part) => part === name || keyOf(part) === name);
  return isNamed || (Array.isArray(issues) && issues.some((issue) => namesOption(issue, name)));
}

function keyOf(part: unknown): unknown {
  return typeof part === 'object' && part !== null ? Reflect.get(part, 'key') : undefined;
}
