import type { ChildProcess } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { describeKeySources } from '@magic-hour-keys/config';
import { childEnvironment } from '../child-environment.ts';
import { createProblem } from '../cli-problem.ts';
import { EXIT } from '../exit-codes.ts';
import { say, type CliIo, type CliOutput } from '../io.ts';
import { isTrue } from '../is-true.ts';
import { createMasker } from '../mask-secret.ts';
import { writeReportLine } from '../report.ts';
import { runChild } from '../run-child.ts';
import { findKey, type EnvironmentOptions } from '../with-provider.ts';

export interface ExecOptions extends EnvironmentOptions {
  /** The variable that the program finds the key in. */
  readonly as: string;
  /** Variables that stay, though we have used them up. */
  readonly keep?: readonly string[] | undefined;
  readonly keepAll?: boolean | undefined;
  /** False for `--no-mask`. */
  readonly mask: boolean;
  readonly json?: boolean | undefined;
}

const VARIABLE_NAME = /^[A-Za-z_]\w*$/;
/** As a shell has it. */
const FAILURES = {
  'not found': { code: 'program_not_found', exitCode: 127, text: 'was not found' },
  'not executable': { code: 'program_not_executable', exitCode: 126, text: 'can not be executed' },
} as const;

/**
 * Runs a program with the key in its environment.
 *
 * @param given what stands behind `--`
 * @returns the program's exit code, or 128 and the number of the signal that ended it.
 * @throws KeyError as `loadKeyProvider` and `getKey` do.
 * @throws CliProblem where no program is named, or where it can not be run
 */
export async function exec(given: readonly string[], options: ExecOptions, io: CliIo): Promise<number> {
  const [command, ...argv] = given;
  if (command === undefined) {
    throw createProblem('usage', EXIT.usage, 'name a program: mhk exec -- node script.mjs');
  }
  const { as, keepAll, keep = [], json = false } = options;
  if (!VARIABLE_NAME.test(as)) throw createProblem('usage', EXIT.usage, '--as needs the name of a variable');
  const location = { environment: options.env, file: options.config, cwd: io.cwd, env: io.env };
  const sources = describeKeySources(location);
  const { key, ...place } = await findKey(options, io);
  const value = key.reveal();
  const { env, takenOut } = childEnvironment(io.env, { sources, value, as, keep: keepAll ? true : keep });
  if (takenOut.length > 0) {
    say(io, `the program does not get ${takenOut.join(', ')}; --keep NAME hands one on, --keep-all all`);
  }
  const masks = (output: CliOutput): boolean =>
    options.mask && (output.isTTY !== true || isTrue(io.env['CI']));
  const [stdout, stderr] = [masks(io.stdout), masks(io.stderr)];
  const began = performance.now();
  let isLineOpen = (): boolean => true;
  const end = await runChild(command, argv, {
    env,
    cwd: io.cwd,
    stdio: ['inherit', stdout ? 'pipe' : 'inherit', stderr ? 'pipe' : 'inherit'],
    // At a terminal the group in front gets the keys that are pressed.
    ownGroup: !process.stdin.isTTY,
    onStart(child) {
      maskOutput(child, value, `[key …${key.last4}]`, io);
      if (child.stderr) isLineOpen = watchLine(child.stderr);
    },
  });
  if ('failure' in end) throw couldNotRun(command, end.failure);
  const { exitCode, signal } = end;
  const report = {
    command: 'exec',
    program: printable(command) ?? null,
    exitCode,
    signal,
    durationMs: Math.round(performance.now() - began),
    variable: as,
    last4: key.last4,
    ...place,
    removedVariables: takenOut,
    masked: stdout || stderr,
  };
  if (json) writeReportLine(io, report, isLineOpen());
  return exitCode;
}

function couldNotRun(command: string, failure: keyof typeof FAILURES): Error {
  const { code, exitCode, text } = FAILURES[failure];
  return createProblem(code, exitCode, `${printable(command) ?? 'the program'} ${text}`);
}

/** Whether what was printed so far ends within a line. */
function watchLine(stream: Readable): () => boolean {
  let last: number | undefined;
  stream.on('data', (chunk: Buffer) => {
    last = chunk.at(-1);
  });
  return () => last !== undefined && last !== '\n'.codePointAt(0);
}

function maskOutput(child: ChildProcess, secret: string, mask: string, io: CliIo): void {
  pass(child.stdout, io.stdout);
  pass(child.stderr, io.stderr);

  function pass(from: Readable | null, to: CliOutput): void {
    if (!from) return;
    const masker = createMasker(secret, mask);
    from.on('data', (chunk: Buffer) => {
      const isTaken = to.write(masker.push(chunk));
      if (isTaken !== false) return;
      // Whoever reads our output slowly slows the program down, as without us.
      from.pause();
      (to as unknown as Writable).once('drain', () => from.resume());
    });
    from.on('end', () => to.write(masker.end()));
  }
}

/** Undefined where the name may be a secret, or draw on the terminal. */
function printable(command: string): string | undefined {
  return /^[\w./-]{1,60}$/.test(command) ? command : undefined;
}
