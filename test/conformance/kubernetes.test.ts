import { kubernetesDefinition } from '@magic-hour-keys/kubernetes/definition';
import { describeConformance } from '@magic-hour-keys/testing/conformance';
import { describe, test } from 'vitest';
import { makeKubernetesHarness } from './harness/kubernetes.ts';

describeConformance({ describe, test }, kubernetesDefinition, makeKubernetesHarness, {
  title: 'Kubernetes (API)',
});
