import { makeVaultHarness } from '../../conformance/harness/vault.ts';
import type { SourceUnderTest } from '../source-under-test.ts';
import { overAFake } from './over-a-fake.ts';

export const vault: SourceUnderTest = overAFake({
  name: 'vault',
  makeHarness: makeVaultHarness,
  loadSdk: () => import('node-vault'),
});
