import { spawnSync } from 'node:child_process';

/** Whatever takes that long hangs. */
const LONGEST_MS = 90_000;
/** Nothing of the caller's environment but what a process needs: no key, no proxy, no option of Node. */
const VARIABLES = ['PATH', 'SystemRoot', 'TMPDIR', 'TEMP'];

/** @returns what it printed, its exit code, and how it ended if not by itself */
export function start({ binary, args }, program, options) {
  const { cwd, programArgs = [], env = {}, longestMs = LONGEST_MS } = options;
  const kept = VARIABLES.flatMap((name) =>
    process.env[name] === undefined ? [] : [[name, process.env[name]]],
  );
  const run = spawnSync(binary, [...args, program, ...programArgs], {
    cwd,
    encoding: 'utf8',
    maxBuffer: 2 ** 27,
    timeout: longestMs,
    killSignal: 'SIGKILL',
    env: { ...Object.fromEntries(kept), NO_COLOR: '1', ...env },
  });
  const isHung = run.error?.code === 'ETIMEDOUT';
  const ending = isHung ? `it was still running after ${longestMs} ms` : (run.error?.message ?? '');
  return { ...run, isGood: run.status === 0, ending };
}

/** What a person needs who has to mend it. */
export function describeRun({ status, signal, stdout, stderr, ending }) {
  const code = ending || (signal ? `ended by ${signal}` : `exit code ${status}`);
  return [code, stdout?.trim(), stderr?.trim()].filter(Boolean).join('\n');
}
