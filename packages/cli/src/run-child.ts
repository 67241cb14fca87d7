import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process';
import { constants } from 'node:os';

export interface ChildOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly stdio: StdioOptions;
  /** Written to its stdin, which is closed then. */
  readonly input?: string | undefined;
  /** A process group of its own, of which nothing is left in the end. Such a program can't read from a terminal. */
  readonly ownGroup?: boolean | undefined;
  /** Gets the program once it runs, to read what it prints. */
  readonly onStart?: ((child: ChildProcess) => void) | undefined;
}

/**
 * How a program ended: as a shell tells it, 128 and the number of the signal that ended it; or why it never began.
 */
export type ChildEnd =
  | { readonly exitCode: number; readonly signal: NodeJS.Signals | null }
  | { readonly failure: 'not found' | 'not executable' };

/** Runs a program without a shell, so that nothing in an argument is anything but text. */
export async function runChild(
  command: string,
  argv: readonly string[],
  options: ChildOptions,
): Promise<ChildEnd> {
  const { env, cwd, stdio, input, ownGroup = false } = options;
  const child = spawn(command, argv, { env: { ...env }, cwd, stdio, detached: ownGroup });
  const isShared = !ownGroup && process.stdin.isTTY;
  const stopForwarding = forwardSignals((signal) => {
    // The keys of a terminal, and its size, reach all that stand in front of it: the program has them already.
    if (!isShared || !FROM_TERMINAL.has(signal)) send(child, signal, ownGroup);
  });
  // A program that ends before it has read its input is no fault of ours.
  child.stdin?.on('error', () => undefined);
  child.stdin?.end(input);
  options.onStart?.(child);
  try {
    return await endOf(child, ownGroup);
  } finally {
    stopForwarding();
  }
}

function endOf(child: ChildProcess, ownGroup: boolean): Promise<ChildEnd> {
  return new Promise((resolve, reject) => {
    child.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') resolve({ failure: 'not found' });
      else if (error.code === 'EACCES') resolve({ failure: 'not executable' });
      else reject(error);
    });
    // Those that it left behind would hold its output open, so `close` comes after they have gone.
    child.once('exit', () => ownGroup && endGroup(child));
    child.once('close', (code, signal) => resolve({ exitCode: code ?? 128 + numberOf(signal), signal }));
  });
}

/** How long the rest of a group may take to end by itself. */
const GRACE_MS = 2000;

function endGroup(child: ChildProcess): void {
  if (!send(child, 'SIGTERM', true)) return;
  setTimeout(() => send(child, 'SIGKILL', true), GRACE_MS).unref();
}

/** False where there is nobody to send it to. */
function send(child: ChildProcess, signal: NodeJS.Signals, toGroup: boolean): boolean {
  const { pid } = child;
  if (pid === undefined) return false;
  try {
    return toGroup && process.platform !== 'win32' ? process.kill(-pid, signal) : child.kill(signal);
  } catch {
    return false;
  }
}

const FROM_TERMINAL: ReadonlySet<NodeJS.Signals> = new Set(['SIGINT', 'SIGQUIT', 'SIGWINCH']);

const FORWARDED = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2', 'SIGWINCH'] as const;

/** While the program runs its signals are its own; without this Node would end and leave it behind. */
function forwardSignals(forward: (signal: NodeJS.Signals) => void): () => void {
  const listeners = FORWARDED.map((signal) => {
    const listener = (): void => forward(signal);
    process.on(signal, listener);
    return () => process.off(signal, listener);
  });
  return () => listeners.forEach((stop) => stop());
}

function numberOf(signal: NodeJS.Signals | null): number {
  return signal === null ? 0 : constants.signals[signal];
}
