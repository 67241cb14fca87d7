import { getEventListeners } from 'node:events';
import { expect, test, vi } from 'vitest';
import { pauseFor } from '../../../../packages/core/src/node/pause-for.ts';

test('a pause ends when its time is over, and leaves no listener behind', async () => {
  vi.useFakeTimers();
  try {
    const controller = new AbortController();
    const pause = pauseFor(50, controller.signal);
    expect(vi.getTimerCount()).toBe(1);
    vi.advanceTimersByTime(50);
    await pause;
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0);
  } finally {
    vi.useRealTimers();
  }
});

test('an abort ends the pause at once with its own reason, and leaves no timer behind', async () => {
  vi.useFakeTimers();
  try {
    const controller = new AbortController();
    const pause = pauseFor(3_600_000, controller.signal);
    controller.abort('enough');
    await expect(pause).rejects.toBe('enough');
    await expect(pauseFor(3_600_000, AbortSignal.abort('before'))).rejects.toBe('before');
    expect(vi.getTimerCount()).toBe(0);
  } finally {
    vi.useRealTimers();
  }
});
