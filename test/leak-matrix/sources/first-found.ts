import { firstFound, KeyError } from '@magic-hour-keys/core';
import type { SourceUnderTest } from '../source-under-test.ts';
import { createHandWritten } from './hand-written.ts';

/** A link without a key in front of one that talks too much. */
export const chain: SourceUnderTest = {
  name: 'firstFound',
  async open({ canaries }) {
    const { source, store, misbehave } = createHandWritten(canaries.key);
    const empty = {
      name: 'empty',
      location: 'nowhere',
      read: () => Promise.reject(new KeyError({ code: 'not_found', source: 'empty', hint: 'Fill it.' })),
    };
    return { source: firstFound([empty, source]), hasRealIo: false, store, misbehave };
  },
};
