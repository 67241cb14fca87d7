import { createKeyProvider } from '@magic-hour-keys/core';
import type { SourceHarness } from '@magic-hour-keys/testing/conformance';
import type { HarnessOptions } from '../../conformance/harness/harness-options.ts';
import type { SourceUnderTest } from '../source-under-test.ts';

/** Loopback answers at once; a store that says nothing need not be waited for any longer. */
const DEADLINE_MS = 3000;

export interface OverAFake {
  readonly name: string;
  readonly makeHarness: (options: HarnessOptions) => Promise<SourceHarness>;
  /** Imports the SDK, which on a busy machine may take longer than the deadline. */
  loadSdk(): Promise<unknown>;
}

/** A row of the matrix out of a backend's conformance harness: its real SDK, over sockets, with a planted credential. */
export function overAFake({ name, makeHarness, loadSdk }: OverAFake): SourceUnderTest {
  return {
    name,
    usesStreams: true,
    suffersEverything: 'on the wire',
    async open({ canaries: { key, credential } }) {
      await loadSdk();
      const harness = await makeHarness({ credential });
      await harness.put(key);
      const source = harness.source();
      return {
        source,
        hasRealIo: true,
        createProvider: (options) =>
          createKeyProvider(source, { ...options, deadlineMs: DEADLINE_MS, attemptMs: DEADLINE_MS }),
        async store(value) {
          if (value === undefined) await harness.remove();
          else await harness.put(value);
          return true;
        },
        async misbehave(behaviour) {
          if (behaviour.kind !== 'store') return false;
          await harness.break(behaviour.mode);
          return true;
        },
        close: () => harness.close(),
      };
    },
  };
}
