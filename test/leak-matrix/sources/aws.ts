import { makeAwsHarness } from '../../conformance/harness/aws.ts';
import type { SourceUnderTest } from '../source-under-test.ts';
import { overAFake } from './over-a-fake.ts';

export const aws: SourceUnderTest = overAFake({
  name: 'aws',
  makeHarness: makeAwsHarness,
  loadSdk: () => import('@aws-sdk/client-secrets-manager'),
});
