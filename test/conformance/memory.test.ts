import { describeConformance } from '@magic-hour-keys/testing/conformance';
import { describe, test } from 'vitest';
import { makeMemoryHarness, memoryDefinition } from './harness/memory.ts';

describeConformance({ describe, test }, memoryDefinition, makeMemoryHarness);
