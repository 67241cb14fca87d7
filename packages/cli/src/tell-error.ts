import { isKeyError, type KeyError } from '@magic-hour-keys/core';
import { createProblem, isProblem, type CliProblem } from './cli-problem.ts';
import { docsPageOf } from './docs-page.ts';
import { EXIT, exitCodeOf } from './exit-codes.ts';
import { say, type CliIo } from './io.ts';
import type { ErrorReport } from './report.ts';
import { widthOf, wrap } from './terminal/lines.ts';
import { styleFor } from './terminal/style.ts';

/**
 * Says what went wrong, to people.
 *
 * @returns the same for programs, with the exit code
 */
export function tellError(error: unknown, io: CliIo): ErrorReport {
  if (isKeyError(error)) return tellKeyError(error, io);
  // The text of any other error is not known to be free of secrets, so only its class is told.
  return tellProblem(isProblem(error) ? error : faultOf(error), io);
}

function tellKeyError(error: KeyError, io: CliIo): ErrorReport {
  const { code, message, source, location, hint = null, links = [] } = error;
  const { dim } = styleFor(io.stderr, io.env);
  say(io, hint !== null && message.endsWith(hint) ? message.slice(0, -hint.length) + dim(hint) : message);
  for (const link of links) tellLink(link, io);
  const docs = docsPageOf(code);
  io.stderr.write(`  ${dim(docs)}\n`);
  return {
    error: {
      code,
      message,
      hint,
      source: source === '' ? null : source,
      location: location === '' ? null : location,
      links,
      docs,
    },
    exitCode: exitCodeOf(code),
  };
}

function tellLink({ source, location, code, hint }: NonNullable<KeyError['links']>[number], io: CliIo): void {
  const { stderr, env } = io;
  const advice = hint === undefined ? '' : `. ${styleFor(stderr, env).dim(hint)}`;
  const line = `  ${source} (${location}): ${code}${advice}`;
  stderr.write(`${stderr.isTTY === true ? wrap(line, { width: widthOf(stderr), indent: '    ' }) : line}\n`);
}

function tellProblem(problem: CliProblem, io: CliIo): ErrorReport {
  const { code, message, hint = null, exitCode } = problem;
  say(io, hint === null ? message : `${message}. ${styleFor(io.stderr, io.env).dim(hint)}`);
  return { error: { code, message, hint, source: null, location: null, links: [], docs: null }, exitCode };
}

function faultOf(error: unknown): CliProblem {
  return createProblem(
    'internal',
    EXIT.software,
    `this should not have happened (${nameOf(error)}); please report the command that you ran`,
  );
}

function nameOf(error: unknown): string {
  const name: unknown = error instanceof Error ? error.name : undefined;
  return typeof name === 'string' && /^[A-Za-z]{1,40}$/.test(name) ? name : 'unknown';
}
