import { awsDefinition } from '@magic-hour-keys/aws/definition';
import { describeConformance } from '@magic-hour-keys/testing/conformance';
import { describe, test } from 'vitest';
import { makeAwsHarness } from './harness/aws.ts';

describeConformance({ describe, test }, awsDefinition, makeAwsHarness);
