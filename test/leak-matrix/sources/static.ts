import { staticKey } from '@magic-hour-keys/testing';
import type { KeySource } from '@magic-hour-keys/core';
import type { SourceUnderTest } from '../source-under-test.ts';

/** A constant can't be changed, so each value is another source behind the same one. */
export const constant: SourceUnderTest = {
  name: 'static',
  async open({ canaries }) {
    let current = staticKey(canaries.key);
    const source: KeySource = { ...current, read: (context) => current.read(context) };
    return {
      source,
      hasRealIo: false,
      async store(value) {
        if (typeof value !== 'string') return false;
        current = staticKey(value);
        return true;
      },
    };
  },
};
