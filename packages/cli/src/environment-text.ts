import { relative } from 'node:path';
import type { ChosenEnvironment } from '@magic-hour-keys/config';
import type { CliIo } from './io.ts';

/** `production (NODE_ENV)`: the name, and what decided it. */
export function describeEnvironment({ name, from }: ChosenEnvironment): string {
  return `${name} (${from === 'argument' ? '--env' : from})`;
}

/** A path as people write it: from the working directory, where it is below that. */
export function describePath(path: string, { cwd }: CliIo): string {
  const short = relative(cwd, path);
  return short === '' || short.startsWith('..') ? path : short;
}
