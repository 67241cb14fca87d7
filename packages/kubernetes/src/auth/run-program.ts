import { spawn } from 'node:child_process';

export interface RunOptions {
  readonly env: NodeJS.ProcessEnv;
  /** The deadline: an abort ends the program, and rejects with the signal's own reason. */
  readonly signal: AbortSignal;
  readonly keepsProcessAlive: boolean;
}

/** What a program printed; of its failure nothing but whether it is installed, because its text may hold secrets. */
export type ProgramOutput =
  | { readonly isOk: true; readonly text: string }
  | { readonly isOk: false; readonly isMissing: boolean };

const MOST_BYTES = 1_048_576;

export function runProgram(
  command: string,
  args: readonly string[],
  { env, signal, keepsProcessAlive }: RunOptions,
): Promise<ProgramOutput> {
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'ignore'], windowsHide: true });
    const chunks: Buffer[] = [];
    let size = 0;

    function end(): void {
      signal.removeEventListener('abort', abort);
      child.kill('SIGKILL');
      // What the program has started itself may hold on to the pipe.
      child.stdout.destroy();
    }

    function abort(): void {
      end();
      reject(signal.reason as Error);
    }

    signal.addEventListener('abort', abort, { once: true });
    if (!keepsProcessAlive) {
      child.unref();
      (child.stdout as typeof child.stdout & { unref?(): void }).unref?.();
    }
    child.stdout.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > MOST_BYTES) return end();
      chunks.push(chunk);
    });
    child.once('error', (error: NodeJS.ErrnoException) => {
      end();
      resolve({ isOk: false, isMissing: error.code === 'ENOENT' || error.code === 'EACCES' });
    });
    child.once('close', (status) => {
      signal.removeEventListener('abort', abort);
      if (status !== 0) return resolve({ isOk: false, isMissing: false });
      resolve({ isOk: true, text: Buffer.concat(chunks).toString('utf8') });
    });
  });
}
