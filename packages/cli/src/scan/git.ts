import { spawnSync } from 'node:child_process';

/** What git prints; undefined where there is no git, or no repository. */
export function git(argv: readonly string[], cwd: string, input?: string): Buffer | undefined {
  const { status, stdout } = spawnSync('git', argv, { cwd, input, maxBuffer: 2 ** 31 - 1 });
  // 1 is what `check-ignore` says where it has nothing to say.
  return status === 0 || status === 1 ? stdout : undefined;
}

export interface StagedFile {
  readonly path: string;
  readonly bytes: Buffer;
}

/** The files of the next commit that it adds or changes, as they are in the index. */
export function* stagedFiles(cwd: string): Generator<StagedFile> {
  const names = git(['diff', '--cached', '--name-only', '--diff-filter=ACMRT', '--relative', '-z'], cwd);
  for (const path of names?.toString().split('\0').filter(Boolean) ?? []) {
    const bytes = git(['show', `:./${path}`], cwd);
    if (bytes) yield { path, bytes };
  }
}

/** Those of the paths that git ignores. */
export function ignoredByGit(paths: readonly string[], cwd: string): ReadonlySet<string> {
  if (paths.length === 0) return new Set();
  const ignored = git(['check-ignore', '-z', '--stdin'], cwd, paths.join('\0'));
  return new Set(ignored?.toString().split('\0').filter(Boolean) ?? []);
}
