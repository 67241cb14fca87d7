import { widthOf, wrap } from './terminal/lines.ts';

/** Where a command reads and writes, so that tests can stand in for the process. */
export interface CliIo {
  /** Data alone, so that it can be piped. */
  readonly stdout: CliOutput;
  /** Everything that is said to people. */
  readonly stderr: CliOutput;
  /** Answers to questions alone; no command reads data or a key from it. */
  readonly stdin?: CliInput | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
}

export interface CliOutput {
  write(text: string | Uint8Array): unknown;
  /** True where a person watches. */
  readonly isTTY?: boolean | undefined;
  /** The width of a terminal, in characters. */
  readonly columns?: number | undefined;
}

/** What is needed of `process.stdin`, named here so that these types need none of Node's. */
export interface CliInput {
  /** True where a person types. */
  readonly isTTY?: boolean | undefined;
  readonly readable: boolean;
  on(event: 'data' | 'end', listener: (chunk: Uint8Array | string) => void): unknown;
  off(event: 'data' | 'end', listener: (chunk: Uint8Array | string) => void): unknown;
  pause(): unknown;
  resume(): unknown;
  unshift(chunk: Uint8Array): unknown;
}

/** One remark to the person: in one line, so that a log can be searched, but for a terminal, where it is wrapped. */
export function say({ stderr }: CliIo, text: string): void {
  const line = `mhk: ${text}`;
  stderr.write(`${stderr.isTTY === true ? wrap(line, { width: widthOf(stderr), indent: '  ' }) : line}\n`);
}

export function writeJson(io: CliIo, value: unknown): void {
  io.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
}
