import type { ChildProcess } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import type { ApiKey } from '@magic-hour-keys/core';
import type { CliIo, CliOutput } from './io.ts';
import { isTrue } from './is-true.ts';
import { createMasker } from './mask-secret.ts';
import { runChild, type ChildEnd } from './run-child.ts';

export interface MaskedOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly key: ApiKey;
  /** False leaves the key in the output. */
  readonly mask: boolean;
  readonly io: CliIo;
}

export interface MaskedRun {
  readonly end: ChildEnd;
  readonly durationMs: number;
  /** Whether an output went through the mask. */
  readonly masked: boolean;
  /** Whether stderr may stand within a line: of an output that the program wrote to itself nothing is known. */
  readonly isLineOpen: boolean;
}

/** Runs a program, with the key masked in those of its outputs that nobody watches: pipes, files, and all in CI. */
export async function runMasked(
  command: string,
  argv: readonly string[],
  { env, key, mask, io }: MaskedOptions,
): Promise<MaskedRun> {
  const masks = (output: CliOutput): boolean => mask && (output.isTTY !== true || isTrue(io.env['CI']));
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
      maskOutput(child, key.reveal(), `[key …${key.last4}]`, io);
      if (child.stderr) isLineOpen = watchLine(child.stderr);
    },
  });
  const durationMs = Math.round(performance.now() - began);
  return { end, durationMs, masked: stdout || stderr, isLineOpen: isLineOpen() };
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
