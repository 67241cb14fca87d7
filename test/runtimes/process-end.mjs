// What is left behind when a program's main part ends: a provider that nobody closed, with a watch that goes on, a key
// that has aged and a background read that hangs. The process has to end by itself.
import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { createKeyProvider } from '@magic-hour-keys/core';
import { createMemorySource } from '@magic-hour-keys/testing';
import { runProgram } from './run-program.mjs';

const FRESH_MS = 1;
/** Far longer than the process may go on, so that a timer which keeps it alive shows. */
const READ_MS = 40_000;
const ENDED_MS = 15_000;

async function leaveEverythingOpen() {
  const source = createMemorySource();
  const provider = createKeyProvider(source, { freshMs: FRESH_MS, attemptMs: READ_MS, deadlineMs: READ_MS });
  await provider.getKey();
  source.hang();
  while (source.reads.length < 2) {
    provider.peek();
    await new Promise((resolve) => setTimeout(resolve, FRESH_MS));
  }
  assert.equal(source.watchers, 1);
  console.log(performance.timeOrigin + performance.now());
}

async function expectEnd() {
  const { stdout, stderr, code, signal } = await runProgram(fileURLToPath(import.meta.url), ['left']);
  const ended = performance.timeOrigin + performance.now();
  assert.deepEqual({ stderr, code, signal }, { stderr: '', code: 0, signal: null });
  const tookMs = ended - Number(stdout);
  assert.equal(tookMs < ENDED_MS, true, `the process went on for ${Math.round(tookMs)} ms`);
}

await (process.argv[2] === 'left' ? leaveEverythingOpen() : expectEnd());
