import type { KeySource } from '@magic-hour-keys/core';
import type { TestedDefinition } from '@magic-hour-keys/testing/conformance';
import type { SourceHarness } from '@magic-hour-keys/testing/conformance';
import { makeMemoryHarness, type MemoryHarness } from '../../../../conformance/harness/memory.ts';

/** A backend with one mistake, and the cases that have to find it: these and no other. */
export interface WrongSource {
  readonly mistake: string;
  readonly fails: readonly string[];
  readonly makeHarness: () => Promise<SourceHarness>;
  readonly definition?: TestedDefinition | undefined;
}

type Spoil = (
  right: KeySource,
  harness: MemoryHarness,
  overrides: Record<string, unknown>,
) => Partial<KeySource> & { readonly client?: unknown };

/** The memory harness with sources that are right but for one thing. */
export function spoiled(spoil: Spoil): () => Promise<SourceHarness> {
  return async () => {
    const harness = await makeMemoryHarness();
    return {
      ...harness,
      source(overrides = {}) {
        const right = harness.source(overrides);
        return { ...right, ...spoil(right, harness, overrides) };
      },
    };
  };
}
