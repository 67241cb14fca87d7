import assert from 'node:assert/strict';
import type { KeyReading } from '@magic-hour-keys/core';
import type { ConformanceCase, StoreFacts } from '../conformance-case.ts';
import { judgeReading } from '../judge-reading.ts';
import type { Reader } from '../route.ts';
import type { Trial } from '../trial.ts';

/** Rotation, and what a store tells of its versions. */
export const VERSION_CASES: readonly ConformanceCase[] = [
  {
    id: 'rotation',
    title: 'gives the new key at the first read after a rotation',
    async run(trial) {
      const reader = trial.open();
      const old = await trial.store();
      await trial.reads(reader, old);
      const next = await trial.store();
      await trial.reads(reader, next);
    },
  },
  {
    id: 'version',
    title: 'names a new version after a rotation, and the same one without',
    skip: needsVersions,
    async run(trial) {
      const reader = trial.open();
      await trial.store();
      const versions = [await readVersion(trial, reader), await readVersion(trial, reader)];
      await trial.store();
      versions.push(await readVersion(trial, reader));
      assert.equal(versions[0], versions[1], 'the version changed without a rotation');
      assert.notEqual(versions[1], versions[2], 'the version is the same after a rotation');
    },
  },
  {
    id: 'sequence',
    title: 'numbers its versions upwards',
    skip: ({ capabilities }) =>
      capabilities.sequence ? undefined : 'it does not tell the order of its versions',
    async run(trial) {
      const reader = trial.open();
      const numbers: (number | undefined)[] = [];
      for (let count = 0; count < 3; count++) {
        // A rotation after the other.
        // oxlint-disable-next-line no-await-in-loop
        await trial.store();
        // oxlint-disable-next-line no-await-in-loop
        numbers.push((await trial.reads(reader)).reading.sequence);
      }
      const [first = NaN, second = NaN, third = NaN] = numbers;
      assert.ok(first < second && second < third, `the sequence went ${numbers.join(', ')}`);
    },
  },
  {
    id: 'previous',
    title: 'gives the version before the current one',
    routes: ['source', 'first-found'],
    skip: needsPrevious,
    async run(trial) {
      const reader = trial.open();
      const old = await trial.store();
      await trial.store();
      await trial.reads(reader);
      const reading = await readPrevious(trial, reader);
      assert.ok(reading, 'there is no previous version after a rotation');
      const { key } = await judgeReading(reader.source, { reading });
      assert.ok(key.reveal() === old, 'the previous version has another key');
    },
  },
  {
    id: 'no-previous',
    title: 'gives no previous version of a secret that was never rotated',
    routes: ['source', 'first-found'],
    skip: needsPrevious,
    async run(trial) {
      const reader = trial.open();
      await trial.store();
      await trial.reads(reader);
      assert.ok((await readPrevious(trial, reader)) === undefined, 'it gave a version that nobody stored');
    },
  },
];

function needsVersions({ capabilities }: StoreFacts): string | undefined {
  return capabilities.versions ? undefined : 'it keeps no versions';
}

function needsPrevious({ capabilities }: StoreFacts): string | undefined {
  return capabilities.previous ? undefined : 'it does not give the version before the current one';
}

async function readVersion(trial: Trial, reader: Reader): Promise<string> {
  const { key, reading } = await trial.reads(reader);
  assert.ok(typeof reading.version === 'string' && reading.version !== '', 'the reading names no version');
  assert.equal(key.version, reading.version, 'the key has another version than the reading');
  return reading.version;
}

async function readPrevious(trial: Trial, { source }: Reader): Promise<KeyReading | undefined> {
  const { signal } = new AbortController();
  try {
    return await source.readPrevious?.({ signal, reason: 'probe' });
  } catch (raw) {
    const error: unknown = await judgeReading(source, { error: raw }).catch((judged: unknown) => judged);
    trial.staysHidden(error, 'the error');
    throw error;
  }
}
