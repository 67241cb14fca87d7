// The built command line, as npm links it, in a process of its own.
import { execFileSync, spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { existsSync } from 'node:fs';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { TestContext } from 'vitest';

export const BIN: string = fileURLToPath(new URL('../../../packages/cli/dist/bin.js', import.meta.url));
const TERMINAL = fileURLToPath(new URL('terminal.py', import.meta.url));

export interface Ended {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Started {
  readonly child: ChildProcessWithoutNullStreams;
  readonly ended: Promise<Ended>;
  /** Resolves once stdout has this text. */
  printed(text: string): Promise<void>;
  /** What stdout has by now. */
  sofar(): string;
}

export interface StartOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>> | undefined;
}

/** Leaves the test out, with the reason, where there is no built program. */
export function skipWithoutBuild(context: TestContext): void {
  skipUnless(existsSync(BIN), 'the command line is not built; run the build first', context);
}

export function skipWithout(program: string, context: TestContext): void {
  skipUnless(isInstalled(program), `there is no ${program} on this machine`, context);
}

function skipUnless(isGiven: boolean, reason: string, context: TestContext): void {
  if (isGiven) return;
  console.warn(reason);
  context.skip(reason);
}

export function isInstalled(program: string): boolean {
  try {
    execFileSync(program, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

export function startMhk(argv: readonly string[], options: StartOptions): Started {
  return start(process.execPath, [BIN, ...argv], options);
}

export interface OnTerminal extends Started {
  /** As a person types it: `\u0003` is Ctrl-C. */
  type(keys: string): void;
  resize(columns: number, rows: number): void;
}

/** On a terminal of 80 columns, of which stdout is what it shows. Needs python3. */
export function startOnTerminal(argv: readonly string[], options: StartOptions): OnTerminal {
  const started = start('python3', [TERMINAL, process.execPath, BIN, ...argv], options);
  const tell = (command: object): void => void started.child.stdin.write(`${JSON.stringify(command)}\n`);
  return {
    ...started,
    type: (keys) => tell({ type: keys }),
    resize: (columns, rows) => tell({ resize: [columns, rows] }),
  };
}

function start(program: string, argv: readonly string[], { cwd, env = {} }: StartOptions): Started {
  const { PATH = '' } = process.env;
  const child = spawn(program, argv, { cwd, env: { PATH, ...env } });
  const written = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (written.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (written.stderr += text));
  const ended = once(child, 'close').then(([code]) => ({ exitCode: code as number | null, ...written }));
  return {
    child,
    ended,
    sofar: () => written.stdout,
    async printed(text) {
      while (!written.stdout.includes(text)) {
        // Whichever comes first: an early end must not leave the test waiting.
        const isOver = await Promise.race([
          once(child.stdout, 'data').then(() => false),
          ended.then(() => true),
        ]);
        if (isOver && !written.stdout.includes(text)) {
          throw new Error(`it ended without having printed what was expected: ${JSON.stringify(written)}`);
        }
      }
    },
  };
}
