import * as first from '@magic-hour-keys/core';
import { vi } from 'vitest';

export type Core = typeof first;

/** Core loaded twice, as it is where two of an application's dependencies bring their own copy. */
export async function loadTwoCopies(): Promise<{ readonly first: Core; readonly second: Core }> {
  vi.resetModules();
  const second = await import('@magic-hour-keys/core');
  if (second.KeyError === first.KeyError) throw new Error('both copies of core are the same one');
  return { first, second };
}
