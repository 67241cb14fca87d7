import { systemRuntime, type KeyProviderOptions } from '@magic-hour-keys/core';

/** Longer than any pause between attempts. Also the deadline, so that only the store ends a read. */
const LONGEST_PAUSE_MS = 60_000;

/**
 * For providers under test: core's pauses between attempts pass at once, because nobody learns anything from waiting
 * for them, while its deadline stays.
 */
export function hurriedOptions(): KeyProviderOptions {
  const runtime = systemRuntime();
  return {
    deadlineMs: LONGEST_PAUSE_MS,
    attemptMs: LONGEST_PAUSE_MS,
    // It has cases of its own.
    watch: false,
    runtime: {
      ...runtime,
      setTimer: (ms, run, keepAlive) => runtime.setTimer(ms < LONGEST_PAUSE_MS / 2 ? 0 : ms, run, keepAlive),
    },
  };
}
