import { main } from 'magic-hour-keys';

export interface Run {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>> | undefined;
  readonly isTTY?: boolean | undefined;
  /** Of the screen, where `isTTY`. */
  readonly columns?: number | undefined;
}

/** One command in this process, with nothing of the machine that runs the test. */
export async function runMhk(
  argv: readonly string[],
  { cwd, env = {}, isTTY, columns }: RunOptions,
): Promise<Run> {
  const written = { stdout: '', stderr: '' };
  const exitCode = await main(argv, {
    stdout: { write: (text) => void (written.stdout += Buffer.from(text).toString()), isTTY, columns },
    stderr: { write: (text) => void (written.stderr += Buffer.from(text).toString()), isTTY, columns },
    env,
    cwd,
  });
  return { exitCode, ...written };
}
