import type { ConformanceCase } from '../conformance-case.ts';
import { expectHint } from '../expect-hint.ts';

/** What is stored, and what becomes of it. */
export const VALUE_CASES: readonly ConformanceCase[] = [
  {
    id: 'reads',
    title: 'gives the stored key',
    async run(trial) {
      const key = await trial.store();
      await trial.reads(trial.open(), key);
    },
  },
  {
    id: 'missing',
    title: 'says not_found, and what to do, when there is no key',
    async run(trial) {
      await trial.store();
      await trial.remove();
      expectHint(await trial.fails(['not_found']));
    },
  },
  {
    id: 'stored-later',
    title: 'gives a key that is stored after it was missing',
    async run(trial) {
      await trial.store();
      await trial.remove();
      const reader = trial.open();
      await reader.read().catch((error: unknown) => trial.staysHidden(error, 'the error'));
      const key = await trial.store();
      await trial.reads(reader, key);
    },
  },
  {
    id: 'empty',
    title: 'takes an empty value for no key',
    async run(trial) {
      await trial.store(() => '');
      await trial.fails(['invalid_key', 'not_found']);
    },
  },
  {
    id: 'blank',
    title: 'takes a value of blanks for no key',
    async run(trial) {
      await trial.store(() => ' \t \n');
      await trial.fails(['invalid_key', 'not_found']);
    },
  },
  {
    id: 'line-ending',
    title: 'gives the key without the line ending after it',
    async run(trial) {
      const reader = trial.open();
      const unix = await trial.store((key) => `${key}\n`);
      await trial.reads(reader, unix);
      const windows = await trial.store((key) => `${key}\r\n`);
      await trial.reads(reader, windows);
    },
  },
  {
    id: 'byte-order-mark',
    title: 'gives the key without the byte order mark before it',
    async run(trial) {
      const key = await trial.store((bare) => `\uFEFF${bare}`);
      await trial.reads(trial.open(), key);
    },
  },
  {
    id: 'pasted-bearer',
    title: 'gives the key without a Bearer that was pasted with it',
    async run(trial) {
      const key = await trial.store((bare) => `Bearer ${bare}`);
      await trial.reads(trial.open(), key);
    },
  },
  {
    id: 'bytes',
    title: 'gives a key that was stored as bytes',
    async run(trial) {
      const key = await trial.store((bare) => new TextEncoder().encode(bare));
      await trial.reads(trial.open(), key);
    },
  },
  {
    id: 'bytes-not-text',
    title: 'refuses bytes that are no text',
    async run(trial) {
      await trial.store((bare) => Uint8Array.of(0xff, 0xfe, 0x00, ...new TextEncoder().encode(bare)));
      await trial.fails(['invalid_key', 'invalid_config']);
    },
  },
];
