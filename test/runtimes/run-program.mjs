// Starts a program in the runtime that this one runs in.
import { spawn } from 'node:child_process';
import { execPath } from 'node:process';

/** Deno asks for each permission by itself; what it needs as few as possible of is tried in least-privilege.mjs. */
const ARGUMENTS = globalThis.Deno ? ['run', '--quiet', '--allow-all'] : [];
/** Whatever takes that long hangs. */
const LONGEST_MS = 45_000;
const VARIABLES = ['PATH', 'SystemRoot', 'TMPDIR', 'TEMP'];

/**
 * With those variables of the environment alone, and a few that processes need to start at all. Standard input is empty.
 *
 * @returns what it printed, its exit code, and the signal that ended it
 */
export async function runProgram(file, args = [], { env = {}, cwd } = {}) {
  const inherited = Object.fromEntries(
    VARIABLES.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
  );
  const child = spawn(execPath, [...ARGUMENTS, file, ...args], {
    cwd,
    env: { ...inherited, NO_COLOR: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: LONGEST_MS,
    killSignal: 'SIGKILL',
  });
  const printed = { stdout: '', stderr: '' };
  for (const name of Object.keys(printed)) {
    child[name].setEncoding('utf8');
    child[name].on('data', (text) => (printed[name] += text));
  }
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ ...printed, code, signal }));
  });
}
