import { makeAzureHarness } from '../../conformance/harness/azure.ts';
import type { SourceUnderTest } from '../source-under-test.ts';
import { overAFake } from './over-a-fake.ts';

export const azure: SourceUnderTest = overAFake({
  name: 'azure',
  makeHarness: makeAzureHarness,
  loadSdk: () => Promise.all([import('@azure/keyvault-secrets'), import('@azure/identity')]),
});
