import { createProblem } from '../cli-problem.ts';
import { EXIT } from '../exit-codes.ts';
import type { CliIo } from '../io.ts';
import { isTrue } from '../is-true.ts';

/** Whether somebody is there to answer: a terminal at both ends, and no CI. Every question has an option as well. */
export function mayAsk({ stdin, stderr, env }: CliIo): boolean {
  return stdin?.isTTY === true && stderr.isTTY === true && !isTrue(env['CI']);
}

export interface AskOptions {
  /** Taken for an empty answer; without it the question is put again. */
  readonly fallback?: string | undefined;
}

/**
 * Puts a question on stderr, and gives the line that was typed, without blanks around it. What is typed is seen on the
 * screen, so it is never asked for a secret.
 *
 * @throws CliProblem `usage` where the input ends instead (Ctrl-D), or where there is none
 */
export async function ask(io: CliIo, question: string, { fallback }: AskOptions = {}): Promise<string> {
  const shown = fallback === undefined ? question : `${question} [${fallback}]`;
  for (;;) {
    // The same question again needs the answer to the one before.
    // oxlint-disable-next-line no-await-in-loop
    const answer = await putQuestion(io, shown);
    if (answer !== '') return answer;
    if (fallback !== undefined) return fallback;
  }
}

/** As `ask`, until the answer is a yes or a no. An empty one is the fallback. */
export async function askYesNo(io: CliIo, question: string, fallback: boolean): Promise<boolean> {
  for (;;) {
    // oxlint-disable-next-line no-await-in-loop
    const answer = await putQuestion(io, `${question} (${fallback ? 'Y/n' : 'y/N'})`);
    if (answer === '') return fallback;
    if (/^(?:y|yes)$/i.test(answer)) return true;
    if (/^(?:n|no)$/i.test(answer)) return false;
    io.stderr.write('Please answer y or n.\n');
  }
}

async function putQuestion(io: CliIo, text: string): Promise<string> {
  io.stderr.write(`${text} `);
  return (await readLine(io)).trim();
}

/** Up to the end of the line; what was typed ahead stays for the next question. */
function readLine({ stdin }: CliIo): Promise<string> {
  return new Promise((resolve, reject) => {
    if (!stdin?.readable) return reject(noAnswer());
    let bytes = Buffer.alloc(0);
    const stop = (): void => {
      stdin.off('data', take);
      stdin.off('end', end);
      stdin.pause();
    };
    const take = (chunk: Uint8Array | string): void => {
      bytes = Buffer.concat([bytes, Buffer.from(chunk)]);
      const at = bytes.indexOf('\n');
      if (at < 0) return;
      stop();
      if (at + 1 < bytes.length) stdin.unshift(bytes.subarray(at + 1));
      resolve(bytes.subarray(0, at).toString());
    };
    const end = (): void => {
      stop();
      reject(noAnswer());
    };
    // It stands still since the last answer.
    stdin.on('data', take);
    stdin.on('end', end);
    stdin.resume();
  });
}

function noAnswer(): Error {
  return createProblem(
    'usage',
    EXIT.usage,
    'a question was not answered',
    'Every question has an option: --help lists them.',
  );
}
