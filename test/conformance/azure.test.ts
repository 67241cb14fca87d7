import { azureDefinition } from '@magic-hour-keys/azure/definition';
import { describeConformance } from '@magic-hour-keys/testing/conformance';
import { describe, test } from 'vitest';
import { makeAzureHarness } from './harness/azure.ts';

describeConformance({ describe, test }, azureDefinition, makeAzureHarness);
