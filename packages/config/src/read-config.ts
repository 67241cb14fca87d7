import { dirname } from 'node:path';
import type { KeySource, KeyWarning } from '@magic-hour-keys/core';
import { BUILT_IN_BACKENDS, type SourcePlace } from './builtin-backends.ts';
import { CONFIG_FILE_VARIABLE, findConfigFile, readConfigFile } from './config-file.ts';
import type { ConfigLocationOptions } from './config-types.ts';
import { copyPlain } from './copy-plain.ts';
import { parseJsonc } from './parse-jsonc.ts';
import { isPlainObject } from './plain-object.ts';
import { createProblemList, type ProblemList } from './problem.ts';
import { readEnvironments, type Environments } from './read-environments.ts';
import { looksLikeKey, showName } from './show-name.ts';

/** A configuration that has been read; not yet any of its environments. */
export interface ReadConfig {
  /** Absolute; undefined where there is no file. */
  readonly file: string | undefined;
  /** Undefined where there is no configuration, or where it can't be read, which is then among the problems. */
  readonly environments: Environments | undefined;
  /** There is neither file nor object: the environment variable and `.env` are used. */
  readonly isAbsent: boolean;
  readonly given: ReadonlyMap<string, KeySource>;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly place: SourcePlace;
  readonly warnings: readonly KeyWarning[];
  /** Those of the whole, not of one environment. */
  readonly problems: ProblemList;
}

export function readConfig(options: ConfigLocationOptions): ReadConfig {
  const problems = createProblemList();
  const cwd = options.cwd ?? process.cwd();
  const env = options.env ?? process.env;
  const { file, text, warnings } = locate(options, { cwd, env, problems });
  const value = text === undefined ? options.config : parse(text, problems);
  const hasContent = value !== undefined;
  return {
    file,
    environments: hasContent ? readEnvironments(copyPlain(value, problems), problems) : undefined,
    isAbsent: !hasContent && problems.all.length === 0,
    given: readGiven(options.sources, problems),
    env,
    // A path in a file means the same whichever folder the program was started from.
    place: { cwd: file === undefined ? cwd : dirname(file), env: options.env },
    warnings,
    problems,
  };
}

interface Located {
  readonly file: string | undefined;
  readonly text: string | undefined;
  readonly warnings: readonly KeyWarning[];
}

function locate(
  { config, file: named }: ConfigLocationOptions,
  { cwd, env, problems }: { cwd: string; env: ReadConfig['env']; problems: ProblemList },
): Located {
  const nothing: Located = { file: undefined, text: undefined, warnings: [] };
  if (config !== undefined) {
    if (named !== undefined) problems.add('', 'is given twice, as `file` and as `config`; keep one of them');
    return nothing;
  }
  const file = findConfigFile(cwd, { file: named, variable: env[CONFIG_FILE_VARIABLE] });
  if (file === undefined) return nothing;
  if (typeof file !== 'string') {
    problems.add('', file.problem);
    return nothing;
  }
  const read = readConfigFile(file);
  if ('text' in read) return { file, ...read };
  problems.add('', read.problem);
  return { ...nothing, file };
}

function parse(text: string, problems: ProblemList): unknown {
  const parsed = parseJsonc(text);
  problems.addAll(parsed.problems);
  return parsed.value;
}

function readGiven(
  sources: ConfigLocationOptions['sources'],
  problems: ProblemList,
): ReadonlyMap<string, KeySource> {
  const given = new Map<string, KeySource>();
  if (sources === undefined) return given;
  if (!isPlainObject(sources)) {
    problems.add('sources', 'must be an object that gives each source its name');
    return given;
  }
  for (const [name, source] of Object.entries(sources)) {
    const problem = findProblem(name, source);
    if (problem === undefined) given.set(name, source);
    else problems.add(`sources.${showName(name)}`, problem);
  }
  return given;
}

function findProblem(name: string, source: unknown): string | undefined {
  if (looksLikeKey(name)) return 'has a name that looks like an API key';
  if (!isKeySource(source)) return 'must be a source: an object with name, location and read()';
  const isTaken = BUILT_IN_BACKENDS.some((backend) => backend.name === name);
  return isTaken ? 'has the name of a built-in source; choose another' : undefined;
}

/** Judged by its shape, so that it may come from another copy of the library. */
function isKeySource(source: unknown): source is KeySource {
  if (typeof source !== 'object' || source === null) return false;
  const { name, location, read } = source as Partial<KeySource>;
  return typeof name === 'string' && typeof location === 'string' && typeof read === 'function';
}
