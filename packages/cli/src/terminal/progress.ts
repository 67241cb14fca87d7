import type { CliIo } from '../io.ts';
import { widthOf } from './lines.ts';

const ERASE_LINE = '\r\u001B[2K';
/** Who waits for less wonders about nothing. */
const TICK_MS = 1000;

/**
 * Tells, while something runs, what it is and for how long: in one line on stderr, on a terminal alone, from the first
 * second on, and gone at the end. Nothing else may be written meanwhile; collect it, and say it afterwards.
 *
 * @param text without what could be a secret, such as `asking vault`
 * @param run gets a function that changes the text
 */
export async function withProgress<Result>(
  io: CliIo,
  text: string,
  run: (update: (text: string) => void) => Promise<Result>,
): Promise<Result> {
  const { stderr, env } = io;
  if (stderr.isTTY !== true || env['TERM'] === 'dumb') return run(() => undefined);
  let [shown, seconds] = [text, 0];
  const draw = (): void => {
    // One column is left free, because some terminals go on in the next line when the last one is written.
    const line = [...`${shown}, ${seconds} s`].slice(0, widthOf(stderr) - 1).join('');
    if (seconds > 0) stderr.write(`${ERASE_LINE}${line}`);
  };
  const timer = setInterval(() => {
    seconds += 1;
    draw();
  }, TICK_MS);
  try {
    return await run((next) => {
      shown = next;
      draw();
    });
  } finally {
    clearInterval(timer);
    if (seconds > 0) stderr.write(ERASE_LINE);
  }
}
