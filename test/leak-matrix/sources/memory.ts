import { createMemorySource } from '@magic-hour-keys/testing';
import type { SourceUnderTest } from '../source-under-test.ts';

export const memory: SourceUnderTest = {
  name: 'memory',
  async open({ canaries }) {
    const source = createMemorySource({ value: canaries.key });
    return {
      source,
      isTestTool: true,
      hasRealIo: false,
      async store(value) {
        if (value === undefined) source.remove();
        else source.rotate(value);
        return true;
      },
      misbehave(behaviour) {
        if (behaviour.kind === 'hang' && !behaviour.failLater) {
          source.hang();
          return true;
        }
        const error = behaviour.kind === 'fail' ? behaviour.with() : undefined;
        if (!(error instanceof Error)) return false;
        source.fail(error);
        return true;
      },
    };
  },
};
