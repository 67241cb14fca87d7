import { existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { CliIo } from '../io.ts';
import { dependencyNames } from '../project/dependency-names.ts';
import { foldersAbove } from '../project/folders-above.ts';
import { readJson, readText } from '../project/read-files.ts';
import { git } from '../scan/git.ts';
import type { Manifest, ProjectFacts } from './facts.ts';

/** The folder that belongs together, and what its package.json says. */
export function findProject({ cwd, env }: CliIo, configFile: string | undefined): ProjectFacts {
  const folder = foldersAbove(cwd).find(
    (candidate) =>
      existsSync(join(candidate, 'package.json')) && (candidate === cwd || isProject(candidate, env)),
  );
  const root = folder ?? (configFile === undefined ? cwd : dirname(configFile));
  return {
    folder: root,
    manifest: readManifest(root),
    gitignore: readText(join(root, '.gitignore')),
    npmignore: readText(join(root, '.npmignore')),
    isInGit: git(['rev-parse', '--is-inside-work-tree'], root)?.toString().trim() === 'true',
  };
}

const OTHERS_WRITE = 0o002;

/** A package.json in /tmp or in the home folder was left behind by something else. */
function isProject(folder: string, { HOME, USERPROFILE }: CliIo['env']): boolean {
  if (folder === (HOME ?? USERPROFILE)) return false;
  return process.platform === 'win32' || (statSync(folder).mode & OTHERS_WRITE) === 0;
}

function readManifest(folder: string): Manifest | undefined {
  const json = readJson(join(folder, 'package.json'));
  if (!json) return undefined;
  const { files } = json;
  return {
    isPrivate: json['private'] === true,
    files: Array.isArray(files) ? files.map(String) : undefined,
    dependencies: dependencyNames(json),
    isWorkspace: json['workspaces'] !== undefined || existsSync(join(folder, 'pnpm-workspace.yaml')),
  };
}
