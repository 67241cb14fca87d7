import { envKeySource } from '@magic-hour-keys/env';
import { envDefinition } from '@magic-hour-keys/env/definition';
import { expect, test } from 'vitest';
import { describeDefinition } from '../backends/describe-definition.ts';

const good = [{}, { variable: 'MY_KEY' }, { files: ['.env.local', '.env'] }, { files: [] }, { strict: true }];
const refused = [
  { variable: 'NOT A NAME' },
  { variable: 1 },
  { files: '.env' },
  { files: [''] },
  { strict: 'yes' },
  { file: '.env' },
  { cwd: '/' },
  { env: {} },
  'text',
  undefined,
];

describeDefinition(envDefinition, envKeySource, {
  good,
  refused,
  defaults: { variable: 'MAGIC_HOUR_API_KEY', files: ['.env'], strict: false },
});

test('the defaults of the manifest are those of the source', () => {
  expect(envDefinition.location({})).toBe(envKeySource().location);
});
