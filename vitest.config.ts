import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

// The source condition lets tests import packages by their public names without a build. Setting conditions
// replaces vite's defaults (vitest-dev/vitest#8764), of which `module` is left out: with it Node would be handed the
// AWS SDK's files for bundlers, whose imports have no extensions.
const conditions = ['@magic-hour-keys/source', 'node', 'development|production'];

export default defineConfig({
  ssr: { resolve: { conditions } },
  test: {
    expect: { requireAssertions: true },
    restoreMocks: true,
    unstubEnvs: true,
    unstubGlobals: true,
    setupFiles: ['test/restore-stubs.ts'],
    sequence: { shuffle: true },
    retry: 0,
    // Much of what is tested waits: for sockets, child processes, deadlines.
    maxWorkers: Math.max(3, availableParallelism()),
    // The second one tells which conformance tests were left out, and why.
    reporters: ['default', './scripts/lib/conformance-reporter.mjs'],
    coverage: {
      provider: 'v8',
      include: ['packages/*/src/**'],
      exclude: ['**/bin.ts'],
      // Set by .ci/run, so that the README's own test command measures it and the tests run once.
      enabled: process.env['COVERAGE'] === 'true',
      thresholds: { lines: 95, branches: 90 },
    },
    projects: [
      // The time-outs end what hangs. They are far above what any test needs, so that a busy machine fails none.
      // Files share a process: nothing here has module-level state, and the SDKs take long to load.
      {
        extends: true,
        test: { name: 'unit', include: ['test/unit/**/*.test.ts'], isolate: false, testTimeout: 30_000 },
      },
      {
        extends: true,
        test: {
          name: 'integration',
          include: ['test/integration/**/*.test.ts'],
          exclude: ['**/*-quiet.test.ts'],
          isolate: false,
          testTimeout: 60_000,
        },
      },
      // What an SDK prints is turned on once for the whole process, so these have one of their own.
      {
        extends: true,
        test: { name: 'quiet', include: ['test/integration/**/*-quiet.test.ts'], testTimeout: 60_000 },
      },
      {
        extends: true,
        test: {
          name: 'leak-matrix',
          include: ['test/leak-matrix/**/*.test.ts'],
          globalSetup: 'test/leak-matrix/build.ts',
          testTimeout: 120_000,
        },
      },
      {
        extends: true,
        test: { name: 'simulation', include: ['test/simulation/**/*.test.ts'], testTimeout: 600_000 },
      },
      // In real time, with real SDKs: `npm run test:faults`.
      { extends: true, test: { name: 'faults', include: ['test/faults/**/*.test.ts'], testTimeout: 30_000 } },
      {
        extends: true,
        test: {
          name: 'conformance',
          include: ['test/conformance/**/*.test.ts'],
          isolate: false,
          // The kit works with every runner, so its assertions are those of node:assert.
          expect: { requireAssertions: false },
          testTimeout: 60_000,
        },
      },
      // The live suite against fakes, in processes of its own: minutes, so beside `npm test`.
      {
        extends: true,
        test: { name: 'live-self', include: ['test/live-self/**/*.test.ts'], testTimeout: 300_000 },
      },
      // Against whatever real stores the environment names: `npm run test:live`.
      {
        extends: true,
        test: {
          name: 'live',
          include: ['test/live/**/*.test.ts'],
          expect: { requireAssertions: false },
          testTimeout: 120_000,
        },
      },
    ],
  },
});
