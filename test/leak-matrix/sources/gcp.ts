import { makeGcpHarness } from '../../conformance/harness/gcp.ts';
import type { SourceUnderTest } from '../source-under-test.ts';
import { overAFake } from './over-a-fake.ts';

export const gcpGrpc: SourceUnderTest = overAFake({
  name: 'gcp, gRPC',
  makeHarness: (options) => makeGcpHarness('grpc', options),
  loadSdk: () => import('@google-cloud/secret-manager'),
});

export const gcpRest: SourceUnderTest = overAFake({
  name: 'gcp, REST',
  makeHarness: (options) => makeGcpHarness('rest', options),
  loadSdk: () => import('@google-cloud/secret-manager'),
});
