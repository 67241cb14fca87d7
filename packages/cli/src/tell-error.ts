import { isKeyError, type KeyError } from '@magic-hour-keys/core';
import { EXIT, exitCodeOf } from './exit-codes.ts';
import { say, type CliIo } from './io.ts';

/** Says what went wrong, and gives the exit code. */
export function tellError(error: unknown, io: CliIo): number {
  if (!isKeyError(error)) {
    // Its text is not known to be free of secrets, so only the class is told.
    say(io, `this should not have happened (${nameOf(error)}); please report the command that you ran`);
    return EXIT.software;
  }
  say(io, error.message);
  for (const line of describeLinks(error)) io.stderr.write(`  ${line}\n`);
  return exitCodeOf(error.code);
}

function describeLinks({ links = [] }: KeyError): readonly string[] {
  return links.map(
    ({ source, location, code, hint }) =>
      `${source} (${location}): ${code}${hint === undefined ? '' : `. ${hint}`}`,
  );
}

function nameOf(error: unknown): string {
  const name: unknown = error instanceof Error ? error.name : undefined;
  return typeof name === 'string' && /^[A-Za-z]{1,40}$/.test(name) ? name : 'unknown';
}
