import { lstatSync, realpathSync, statSync, type Stats } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import type { KeySourceDescription } from '@magic-hour-keys/config';
import { holdsKeyShape } from '../key-shape.ts';
import { readNames, readText } from '../project/read-files.ts';
import { git, ignoredByGit } from '../scan/git.ts';
import { readAssignments } from './env-assignments.ts';
import type { KeyFileFacts, ProjectFacts } from './facts.ts';

type Variables = Readonly<Record<string, string | undefined>>;

export interface KeyFilePlaces {
  readonly links: readonly KeySourceDescription[];
  readonly project: ProjectFacts;
  /** What relative paths in the configuration start from. */
  readonly folder: string;
  readonly env: Variables;
  /** The keys that were read. */
  readonly isKey: (text: string) => boolean;
}

interface Named {
  readonly path: string;
  readonly kind: KeyFileFacts['kind'];
  readonly isConfigured: boolean;
}

/** The files that the sources look at, and every `.env` file beside them. */
export function lookAtKeyFiles(places: KeyFilePlaces): readonly KeyFileFacts[] {
  const named = new Map<string, Named>();
  for (const file of [...configuredFiles(places), ...envFilesBeside(places)]) {
    if (!named.has(file.path)) named.set(file.path, file);
  }
  return [...named.values()].map((file) => describeFile(file, places));
}

function configuredFiles({ links, folder, env }: KeyFilePlaces): readonly Named[] {
  const found = (path: string, kind: Named['kind']): Named => ({
    path: resolve(folder, path),
    kind,
    isConfigured: true,
  });
  return links.flatMap(({ name, options, secretReferences }) => {
    const { files, variable } = options;
    const pointer = name === 'env' ? env[`${String(variable)}_FILE`]?.trim() : undefined;
    return [
      ...(name === 'env' && Array.isArray(files) ? files.map((file) => found(String(file), 'env')) : []),
      ...(pointer && !holdsKeyShape(pointer) ? [found(pointer, 'secret')] : []),
      ...secretReferences.flatMap((reference) =>
        'file' in reference ? [found(reference.file, 'secret')] : [],
      ),
    ];
  });
}

const ENV_FILE = /^\.env(?:\..+)?$/;
const EXAMPLE = /\.(?:example|sample|template|dist|defaults?)$/;

function envFilesBeside({ project, folder }: KeyFilePlaces): readonly Named[] {
  return [...new Set([project.folder, folder])].flatMap((place) =>
    readNames(place)
      .filter((name) => ENV_FILE.test(name) && !EXAMPLE.test(name))
      .map((name) => ({ path: join(place, name), kind: 'env' as const, isConfigured: false })),
  );
}

const LARGEST = 65_536;

function describeFile(file: Named, { project, links, isKey }: KeyFilePlaces): KeyFileFacts {
  const link = attempt(() => lstatSync(file.path));
  const stats = attempt(() => statSync(file.path));
  const isReadable = stats?.isFile() === true && stats.size <= LARGEST;
  const text = isReadable ? (readText(file.path) ?? '') : '';
  const assignments = file.kind === 'env' ? readAssignments(text) : [];
  const variables = new Set(links.map(({ options }) => options['variable']));
  return {
    ...file,
    exists: stats !== undefined,
    holdsKey:
      (file.kind === 'secret' && text.trim() !== '') ||
      holdsKeyShape(text) ||
      assignments.some(({ name, value }) => variables.has(name) && isKey(value)),
    assignments,
    mode: stats === undefined || process.platform === 'win32' ? undefined : stats.mode & 0o777,
    isForeign: stats !== undefined && isForeign(stats),
    target: link?.isSymbolicLink() ? attempt(() => realpathSync(file.path)) : undefined,
    git: project.isInGit && stats !== undefined ? gitStateOf(file.path) : undefined,
  };
}

/** Owned by neither the user who runs this, nor root. In a container root often works with the files of a host. */
function isForeign({ uid }: Stats): boolean {
  const own = process.geteuid?.() ?? 0;
  return own !== 0 && uid !== own && uid !== 0;
}

function gitStateOf(path: string): KeyFileFacts['git'] {
  const folder = dirname(path);
  const name = relative(folder, path);
  if (git(['ls-files', '--error-unmatch', '--', name], folder)?.toString().trim()) return 'tracked';
  return ignoredByGit([name], folder).has(name) ? 'ignored' : 'untracked';
}

function attempt<Result>(run: () => Result): Result | undefined {
  try {
    return run();
  } catch {
    return undefined;
  }
}
