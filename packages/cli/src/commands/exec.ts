import type { ChildProcess } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { EXIT } from '../exit-codes.ts';
import { say, type CliIo, type CliOutput } from '../io.ts';
import { createMasker } from '../mask-secret.ts';
import { runChild } from '../run-child.ts';
import { withProvider, type EnvironmentOptions } from '../with-provider.ts';
import { withoutValue } from '../without-value.ts';

export interface ExecOptions extends EnvironmentOptions {
  /** The variable that the program finds the key in. */
  readonly as: string;
  /** Variables that stay, though we have used them up. */
  readonly keep?: readonly string[] | undefined;
  /** False for `--no-mask`. */
  readonly mask: boolean;
}

const VARIABLE_NAME = /^[A-Za-z_]\w*$/;
/** As a shell has it. */
const FAILURES = {
  'not found': { exitCode: 127, text: 'was not found' },
  'not executable': { exitCode: 126, text: 'can not be executed' },
} as const;

/**
 * Runs a program with the key in its environment.
 *
 * @param given what stands behind `--`
 * @returns the program's exit code, or 128 and the number of the signal that ended it.
 * @throws KeyError as `loadKeyProvider` and `getKey` do.
 */
export async function exec(given: readonly string[], options: ExecOptions, io: CliIo): Promise<number> {
  const [command, ...argv] = given;
  const problem = findProblem(command, options);
  if (command === undefined || problem !== undefined) {
    say(io, problem ?? 'name a program: mhk exec -- node script.mjs');
    return EXIT.usage;
  }
  const key = await withProvider(options, io, (provider) => provider.getKey());
  const value = key.reveal();
  const masks = (output: CliOutput): boolean =>
    options.mask && (output.isTTY !== true || isTrue(io.env['CI']));
  const [stdout, stderr] = [io.stdout, io.stderr].map((output) => (masks(output) ? 'pipe' : 'inherit'));
  const end = await runChild(command, argv, {
    env: { ...withoutValue(withoutConsumed(io.env, options), value), [options.as]: value },
    cwd: io.cwd,
    stdio: ['inherit', stdout, stderr],
    // At a terminal the group in front gets the keys that are pressed.
    ownGroup: !process.stdin.isTTY,
    onStart(child) {
      maskOutput(child, value, `[key …${key.last4}]`, io);
    },
  });
  if ('exitCode' in end) return end.exitCode;
  const { exitCode, text } = FAILURES[end.failure];
  say(io, `${printable(command)} ${text}`);
  return exitCode;
}

function findProblem(command: string | undefined, { as }: ExecOptions): string | undefined {
  if (command === undefined) return 'name a program: mhk exec -- node script.mjs';
  return VARIABLE_NAME.test(as) ? undefined : '--as needs the name of a variable';
}

/** What we log in with is none of the program's business, unless it is asked for. */
function withoutConsumed(
  env: Readonly<Record<string, string | undefined>>,
  { keep = [] }: ExecOptions,
): Record<string, string | undefined> {
  const kept = new Set(keep);
  return Object.fromEntries(Object.entries(env).filter(([name]) => kept.has(name) || !CREDENTIALS.has(name)));
}

const CREDENTIALS: ReadonlySet<string> = new Set(['VAULT_TOKEN']);

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

function isTrue(text: string | undefined): boolean {
  return text !== undefined && !['', '0', 'false'].includes(text);
}

function printable(command: string): string {
  return /^[\w./-]{1,60}$/.test(command) ? command : 'the program';
}
