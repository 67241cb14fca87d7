import { gcpDefinition } from '@magic-hour-keys/gcp/definition';
import { describeConformance } from '@magic-hour-keys/testing/conformance';
import { describe, test } from 'vitest';
import { makeGcpHarness } from './harness/gcp.ts';

describeConformance({ describe, test }, gcpDefinition, () => makeGcpHarness('grpc'));
describeConformance({ describe, test }, gcpDefinition, () => makeGcpHarness('rest'), {
  title: `${gcpDefinition.title} (REST)`,
});
