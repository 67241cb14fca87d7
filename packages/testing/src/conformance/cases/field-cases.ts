import { needsFields, type ConformanceCase } from '../conformance-case.ts';
import type { Reader } from '../route.ts';
import type { Trial } from '../trial.ts';

/** A key that is one member of a JSON object. */
export const FIELD_CASES: readonly ConformanceCase[] = [
  {
    id: 'field',
    title: 'gives the member that holds the key',
    skip: needsFields,
    async run(trial) {
      const key = await trial.store((bare) => JSON.stringify({ owner: 'video team', apiKey: bare }));
      await trial.reads(openField(trial, 'apiKey'), key);
    },
  },
  {
    id: 'field-nested',
    title: 'gives a member of a member',
    skip: needsFields,
    async run(trial) {
      const key = await trial.store((bare) => JSON.stringify({ magicHour: { apiKey: bare } }));
      await trial.reads(openField(trial, 'magicHour.apiKey'), key);
    },
  },
  {
    id: 'field-absent',
    title: 'says not_found when the object has no such member',
    skip: needsFields,
    async run(trial) {
      await trial.store((bare) => JSON.stringify({ apiKey: bare }));
      await trial.fails(['not_found'], openField(trial, 'api_key'));
    },
  },
  {
    id: 'field-not-text',
    title: 'refuses a member that is no text',
    skip: needsFields,
    async run(trial) {
      for (const wrap of [(bare: string) => [bare], (bare: string) => ({ bare }), () => 42, () => null]) {
        // Each value has to be judged before the next one takes its place.
        // oxlint-disable-next-line no-await-in-loop
        await trial.store((bare) => JSON.stringify({ apiKey: wrap(bare) }));
        // oxlint-disable-next-line no-await-in-loop
        await trial.fails(['invalid_key'], openField(trial, 'apiKey'));
      }
    },
  },
  {
    id: 'field-of-text',
    title: 'refuses to look for a member in a value that is no object',
    skip: needsFields,
    async run(trial) {
      await trial.store();
      await trial.fails(['invalid_key'], openField(trial, 'apiKey'));
    },
  },
  {
    id: 'whole-object',
    title: 'refuses a whole object as the key',
    skip: needsFields,
    async run(trial) {
      await trial.store((bare) => JSON.stringify({ apiKey: bare }));
      await trial.fails(['invalid_key'], trial.open(trial.harness.fields?.whole));
    },
  },
];

function openField(trial: Trial, name: string): Reader {
  return trial.open(trial.harness.fields?.field(name));
}
