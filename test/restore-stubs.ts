import { afterAll, vi } from 'vitest';

// Vitest takes stubs back before the next test. Files share a process, and what stands at the top of the next file runs
// before that.
afterAll(() => {
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});
