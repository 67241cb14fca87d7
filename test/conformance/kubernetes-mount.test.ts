import { describeConformance } from '@magic-hour-keys/testing/conformance';
import { describe, test } from 'vitest';
import { makeMountHarness, mountedDefinition } from './harness/kubernetes-mount.ts';

describeConformance({ describe, test }, mountedDefinition, makeMountHarness, {
  title: 'Kubernetes (mounted file)',
});
