/** Where a command reads and writes, so that tests can stand in for the process. */
export interface CliIo {
  /** Data alone, so that it can be piped. */
  readonly stdout: CliOutput;
  /** Everything that is said to people. */
  readonly stderr: CliOutput;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
}

export interface CliOutput {
  write(text: string | Uint8Array): unknown;
  /** True where a person watches. */
  readonly isTTY?: boolean | undefined;
}

/** One remark to the person, in one line. */
export function say(io: CliIo, text: string): void {
  io.stderr.write(`mhk: ${text}\n`);
}

export function writeJson(io: CliIo, value: unknown): void {
  io.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
}
