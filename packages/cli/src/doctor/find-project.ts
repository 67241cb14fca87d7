import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { CliIo } from '../io.ts';
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

/** The folder itself first. */
export function foldersAbove(folder: string): readonly string[] {
  const above = dirname(folder);
  return above === folder ? [folder] : [folder, ...foldersAbove(above)];
}

/** Undefined where it is missing or can't be read. */
export function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

export function readJson(path: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(readText(path) ?? '');
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function readManifest(folder: string): Manifest | undefined {
  const json = readJson(join(folder, 'package.json'));
  if (!json) return undefined;
  const { files } = json;
  return {
    isPrivate: json['private'] === true,
    files: Array.isArray(files) ? files.map(String) : undefined,
    dependencies: new Set(
      DEPENDENCY_KINDS.flatMap((kind) => {
        const kinds = json[kind];
        return isRecord(kinds) ? Object.keys(kinds) : [];
      }),
    ),
    isWorkspace: json['workspaces'] !== undefined || existsSync(join(folder, 'pnpm-workspace.yaml')),
  };
}

const DEPENDENCY_KINDS = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies'];

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
