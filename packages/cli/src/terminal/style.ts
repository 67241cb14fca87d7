import type { CliIo, CliOutput } from '../io.ts';
import { isTrue } from '../is-true.ts';

/** What a text means. The colour only repeats it: every text says the same without. */
export interface Style {
  readonly good: (text: string) => string;
  readonly warn: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly strong: (text: string) => string;
}

/**
 * Colours for one output: on a terminal alone, and not with `NO_COLOR` or `TERM=dumb`. `FORCE_COLOR` stands above all
 * three, as in Node (https://no-color.org, https://force-color.org).
 */
export function styleFor(output: CliOutput, env: CliIo['env']): Style {
  const paint = (begin: number, end: number) => (text: string) => `\u001B[${begin}m${text}\u001B[${end}m`;
  const leave = (text: string): string => text;
  return isColoured(output, env)
    ? {
        good: paint(32, 39),
        warn: paint(33, 39),
        bad: paint(31, 39),
        dim: paint(2, 22),
        strong: paint(1, 22),
      }
    : { good: leave, warn: leave, bad: leave, dim: leave, strong: leave };
}

function isColoured({ isTTY = false }: CliOutput, env: CliIo['env']): boolean {
  const { FORCE_COLOR: force = '', NO_COLOR: no = '', TERM: terminal } = env;
  if (force !== '') return isTrue(force);
  return isTTY && no === '' && terminal !== 'dumb';
}
