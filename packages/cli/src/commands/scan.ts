import { relative, resolve } from 'node:path';
import { isKeyError } from '@magic-hour-keys/core';
import { createProblem } from '../cli-problem.ts';
import type { EnvironmentOptions } from '../environment-options.ts';
import { EXIT } from '../exit-codes.ts';
import { say, writeJson, type CliIo } from '../io.ts';
import { withoutKeys } from '../key-shape.ts';
import { createKeyFinder, type FoundKey, type KeyFinder } from '../scan/find-keys.ts';
import { ignoredByGit, stagedFiles } from '../scan/git.ts';
import { installHook } from '../scan/install-hook.ts';
import { countLines, createBuffer, readChunks } from '../scan/read-chunks.ts';
import { walkFiles } from '../scan/walk-files.ts';
import { findKey } from '../with-provider.ts';

export interface ScanOptions extends EnvironmentOptions {
  /** The next commit instead of the files. */
  readonly staged?: boolean | undefined;
  /** False for `--no-value`: by shape alone, and no store is asked. */
  readonly value: boolean;
  readonly installHook?: boolean | undefined;
  readonly json?: boolean | undefined;
}

/** A key at a place where none belongs. */
interface Finding {
  readonly file: string;
  readonly line: number;
  readonly last4: string;
  /** The key in use, or something of a key's shape. */
  readonly kind: 'current key' | 'key shape';
}

/**
 * Looks for keys in files, or in what is about to be committed. Prints places and last four characters only.
 *
 * @throws CliProblem for paths that are not there
 */
export async function scan(paths: readonly string[], options: ScanOptions, io: CliIo): Promise<number> {
  if (options.installHook) return showHook(installHook(io), options, io);
  const find = createKeyFinder(options.value ? await currentKey(options, io) : undefined);
  let findings: readonly Finding[];
  try {
    findings = options.staged ? scanStaged(find, io) : scanFiles(paths.length > 0 ? paths : ['.'], find, io);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw createProblem('no_input', EXIT.noInput, 'one of the paths does not exist');
  }
  if (options.json) writeJson(io, { findings });
  else io.stdout.write(findings.map(describe).join(''));
  if (findings.length === 0) return EXIT.ok;
  say(io, `${findings.length === 1 ? '1 key' : `${findings.length} keys`} found. ${ADVICE}`);
  return EXIT.findings;
}

function showHook(hook: string, { json }: ScanOptions, io: CliIo): number {
  if (json) writeJson(io, { hook });
  else io.stdout.write('wrote the pre-commit hook\n');
  return EXIT.ok;
}

const ADVICE =
  'Take it out; and if it was ever committed, published or shared, make a new one in the Developer Hub and delete it.';

/** Undefined where there is none here: then keys are known by their shape. */
async function currentKey(options: EnvironmentOptions, io: CliIo): Promise<string | undefined> {
  try {
    return (await findKey(options, io)).key.reveal();
  } catch (error) {
    if (!isKeyError(error)) throw error;
    say(
      io,
      `keys are looked for by their shape alone, because there is none to compare with (${error.code})`,
    );
    return undefined;
  }
}

function scanStaged(find: KeyFinder, { cwd }: CliIo): readonly Finding[] {
  const findings: Finding[] = [];
  for (const { path, bytes } of stagedFiles(cwd)) {
    for (const key of find(bytes)) findings.push(toFinding(path, 1 + countLines(bytes, key.at), key));
  }
  return findings;
}

function scanFiles(paths: readonly string[], find: KeyFinder, { cwd }: CliIo): readonly Finding[] {
  const buffer = createBuffer();
  const findings = paths.flatMap((path) =>
    [...walkFiles(resolve(cwd, path))].flatMap((file) => scanFile(file, relative(cwd, file), find, buffer)),
  );
  return withoutLocalEnvFiles(findings, cwd);
}

function scanFile(path: string, shown: string, find: KeyFinder, buffer: Buffer): readonly Finding[] {
  const findings = new Map<number, Finding>();
  for (const { bytes, from, lines } of readChunks(path, buffer)) {
    for (const key of find(bytes)) {
      findings.set(from + key.at, toFinding(shown, 1 + lines + countLines(bytes, key.at), key));
    }
  }
  return [...findings.values()];
}

function toFinding(file: string, line: number, { last4, isCurrent }: FoundKey): Finding {
  return { file, line, last4, kind: isCurrent ? 'current key' : 'key shape' };
}

/** A `.env` that git ignores is where a developer's key belongs. */
function withoutLocalEnvFiles(findings: readonly Finding[], cwd: string): readonly Finding[] {
  const isEnvFile = ({ file }: Finding): boolean => /(?:^|[/\\])\.env(?:\.[^/\\]*)?$/.test(file);
  const ignored = ignoredByGit([...new Set(findings.filter(isEnvFile).map(({ file }) => file))], cwd);
  return findings.filter((finding) => !(isEnvFile(finding) && ignored.has(finding.file)));
}

function describe({ file, line, last4, kind }: Finding): string {
  // A file may be named by a key.
  return `${withoutKeys(file)}:${line}: …${last4} (${kind})\n`;
}
