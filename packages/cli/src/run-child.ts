import { spawn, type StdioOptions } from 'node:child_process';
import { constants } from 'node:os';

export interface ChildOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly stdio: StdioOptions;
  /** Written to its stdin, which is closed then. */
  readonly input?: string | undefined;
}

/** How a program ended: as a shell tells it, 128 and the number of the signal that ended it. */
export type ChildEnd = { readonly exitCode: number } | { readonly missing: true };

/** Runs a program without a shell, so that nothing in an argument is anything but text. */
export async function runChild(
  command: string,
  argv: readonly string[],
  options: ChildOptions,
): Promise<ChildEnd> {
  const { env, cwd, stdio, input } = options;
  const child = spawn(command, argv, { env: { ...env }, cwd, stdio });
  const stopForwarding = forwardSignals((signal) => child.kill(signal));
  // A program that ends before it has read its input is no fault of ours.
  child.stdin?.on('error', () => undefined);
  child.stdin?.end(input);
  try {
    return await new Promise<ChildEnd>((resolve, reject) => {
      child.once('error', (error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') resolve({ missing: true });
        else reject(error);
      });
      child.once('close', (code, signal) => resolve({ exitCode: code ?? 128 + numberOf(signal) }));
    });
  } finally {
    stopForwarding();
  }
}

const FORWARDED = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2', 'SIGWINCH'] as const;

/** While the program runs its signals are its own; without this Node would end and leave it behind. */
function forwardSignals(send: (signal: NodeJS.Signals) => void): () => void {
  const listeners = FORWARDED.map((signal) => {
    const listener = (): void => send(signal);
    process.on(signal, listener);
    return () => process.off(signal, listener);
  });
  return () => listeners.forEach((stop) => stop());
}

function numberOf(signal: NodeJS.Signals | null): number {
  return signal === null ? 0 : constants.signals[signal];
}
