import { envDefinition } from '@magic-hour-keys/env/definition';
import { describeConformance } from '@magic-hour-keys/testing/conformance';
import { describe, test } from 'vitest';
import { makeEnvHarness } from './harness/env.ts';

for (const place of ['variable', 'named file', 'env file'] as const) {
  const title = `Environment (${place})`;
  describeConformance({ describe, test }, envDefinition, () => makeEnvHarness(place), { title });
}
