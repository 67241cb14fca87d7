import { existsSync, lstatSync } from 'node:fs';
import { basename, dirname, join, relative, sep } from 'node:path';
import { checkConfig, describeKeySources } from '@magic-hour-keys/config';
import type { CliIo } from '../io.ts';
import { isTrue } from '../is-true.ts';
import { dependencyNames } from '../project/dependency-names.ts';
import { foldersAbove } from '../project/folders-above.ts';
import { isLeftOut, type IgnoreStyle } from '../project/ignore-rules.ts';
import { readJson, readText } from '../project/read-files.ts';
import { git } from '../scan/git.ts';
import type { ExistingConfig, Facts, IgnoreFileFacts, PackageFacts } from './facts.ts';
import { CLUE_FILES } from './find-clues.ts';
import { ENV_FILES } from './ignore-files.ts';
import { LOCKFILES, parsePackageManager } from './install-command.ts';

const CONFIG_FILE_NAME = 'magic-hour-keys.json';
const SCHEMA = 'node_modules/@magic-hour-keys/config/schema.json';

export interface LookOptions {
  /** The configuration that was asked for. */
  readonly file?: string | undefined;
  /** It will be written anew, so it does not have to be understood. */
  readonly isReplaced?: boolean | undefined;
}

/**
 * What is here. No store is reached, no program but git is run, and no value of a variable is kept.
 *
 * @throws KeyError `invalid_config` where there is a configuration that can't be read
 */
export function lookAround({ cwd, env }: Pick<CliIo, 'cwd' | 'env'>, options: LookOptions = {}): Facts {
  const above = foldersAbove(cwd);
  const packageFolder = above.find((folder) => existsSync(join(folder, 'package.json'))) ?? cwd;
  const { file, isReplaced = false } = options;
  const found = checkConfig({ file, cwd, env });
  // A path that can't be meant.
  if (found.file === undefined && !found.ok) describeKeySources({ file, cwd, env });
  const configFile = found.file ?? join(packageFolder, CONFIG_FILE_NAME);
  const folder = dirname(configFile);
  const manifest = readJson(join(packageFolder, 'package.json'));
  return {
    configFile,
    existing: isThere(configFile)
      ? readExisting(
          configFile,
          found.environments.map(({ name }) => name),
          isReplaced,
        )
      : undefined,
    variables: new Set(Object.keys(env).filter((name) => env[name]?.trim())),
    files: new Set(CLUE_FILES.filter((name) => existsSync(placeOf(name, folder, env)))),
    dependencies: dependencyNames(manifest),
    isGoogleMachine: !isTrue(env['CI']) && isGoogleMachine(),
    packages: manifest && findPackages(packageFolder),
    schema: manifest && findSchema(folder),
    ignoreFiles: findIgnoreFiles(folder),
    trackedEnvFiles: listTracked(folder),
  };
}

/** A link that leads nowhere is there too: something would be written where it leads. */
function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

function isLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true;
}

function readExisting(file: string, environments: readonly string[], isReplaced: boolean): ExistingConfig {
  // It tells what is wrong, all at once, where nothing of it can be understood.
  if (environments.length === 0 && !isReplaced)
    describeKeySources({ file, environment: 'development', env: {} });
  return { text: readText(file) ?? '', environments };
}

/** A name that begins with `~/` is one in the home folder. */
function placeOf(name: string, folder: string, env: CliIo['env']): string {
  if (!name.startsWith('~/')) return join(folder, name);
  const home = env['HOME'] ?? env['USERPROFILE'];
  return home ? join(home, name.slice(2)) : '';
}

function isGoogleMachine(): boolean {
  return readText('/sys/class/dmi/id/product_name')?.startsWith('Google') === true;
}

/** The lock file may be above, at the root of a workspace. */
function findPackages(folder: string): PackageFacts {
  const isPnpmRoot = existsSync(join(folder, 'pnpm-workspace.yaml'));
  for (const place of foldersAbove(folder)) {
    const manager =
      parsePackageManager(readJson(join(place, 'package.json'))?.['packageManager']) ??
      LOCKFILES.find(([name]) => existsSync(join(place, name)))?.[1];
    if (manager) return { manager, isPnpmRoot };
  }
  return { manager: 'npm', isPnpmRoot };
}

/** From the folder of the configuration: where the package is, else where it will be once it is installed. */
function findSchema(folder: string): string | undefined {
  const above = foldersAbove(folder);
  // Yarn's Plug'n'Play has no files to point at.
  if (above.some((place) => existsSync(join(place, '.pnp.cjs')))) return undefined;
  const owner =
    above.find((place) => existsSync(join(place, SCHEMA))) ??
    above.find((place) => existsSync(join(place, 'package.json'))) ??
    folder;
  const path = slashed(relative(folder, join(owner, SCHEMA)));
  return path.startsWith('..') ? path : `./${path}`;
}

/** Not those that are links: git follows none, and one may lead to any file of the user's. */
function findIgnoreFiles(folder: string): readonly IgnoreFileFacts[] {
  return listIgnoreFiles(folder).filter(({ path }) => !isLink(path));
}

function listIgnoreFiles(folder: string): readonly IgnoreFileFacts[] {
  const above = foldersAbove(folder);
  const root = above.findIndex((place) => existsSync(join(place, '.git')));
  const files: IgnoreFileFacts[] = [];
  if (root >= 0) {
    const places = above
      .slice(0, root + 1)
      .map((place) => readIgnoreFile(join(place, '.gitignore'), folder, 'git'));
    const nearest = places.find(({ text }) => text !== undefined) ?? places[0];
    // What one of them keeps out is kept out.
    const missing = ENV_FILES.filter((name) => places.every((place) => place.missing.includes(name)));
    if (nearest) files.push({ ...nearest, missing });
  }
  if (existsSync(join(folder, 'Dockerfile'))) {
    files.push(readIgnoreFile(join(folder, '.dockerignore'), folder, 'docker'));
  }
  return files;
}

function readIgnoreFile(path: string, folder: string, style: IgnoreStyle): IgnoreFileFacts {
  const text = readText(path);
  const missing = ENV_FILES.filter(
    (name) => !isLeftOut(slashed(relative(dirname(path), join(folder, name))), text ?? '', style),
  );
  return { path, style, text, missing };
}

function listTracked(folder: string): readonly string[] {
  const tracked = git(['ls-files', '-z', '--', ...ENV_FILES], folder);
  return (
    tracked
      ?.toString()
      .split('\0')
      .filter(Boolean)
      .map((path) => basename(path)) ?? []
  );
}

function slashed(path: string): string {
  return path.split(sep).join('/');
}
