import { describeConformance } from '@magic-hour-keys/testing/conformance';
import { vaultDefinition } from '@magic-hour-keys/vault/definition';
import { describe, test } from 'vitest';
import { makeVaultHarness } from './harness/vault.ts';

describeConformance({ describe, test }, vaultDefinition, makeVaultHarness);
