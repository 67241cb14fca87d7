import { existsSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { KeySourceDescription } from '@magic-hour-keys/config';
import { foldersAbove } from '../project/folders-above.ts';
import { readJson } from '../project/read-files.ts';
import type { PackageFacts, ProjectFacts } from './facts.ts';

/** The packages that a source needs, as the application finds them: from its own folder. Nothing is loaded. */
export function findPackages(
  { requires, packageName, options }: Pick<KeySourceDescription, 'requires' | 'packageName' | 'options'>,
  project: ProjectFacts,
): readonly PackageFacts[] {
  // Yarn's Plug'n'Play keeps packages in archives, of which only its own loader knows.
  if (foldersAbove(project.folder).some((folder) => existsSync(join(folder, '.pnp.cjs')))) return [];
  const places = placesOf(packageName, project);
  return requires.map(({ name, range, optional = false }) => {
    const manifest = places.map((place) => readInstalled(name, place)).find((found) => found !== undefined);
    const engines = manifest?.['engines'] as { node?: unknown } | undefined;
    return {
      name,
      range,
      isNeeded: !optional || isNeededBy(name, options),
      version: rangeText(manifest?.['version']),
      node: rangeText(engines?.node),
    };
  });
}

/** It is shown, so it may hold nothing but what versions are written with. */
function rangeText(value: unknown): string | undefined {
  return typeof value === 'string' && /^[\w.*+<=>^|~ -]{1,100}$/.test(value) ? value : undefined;
}

/** Those that are marked as optional belong to the login. AWS has some logins in its client. */
function isNeededBy(name: string, options: KeySourceDescription['options']): boolean {
  const { method = 'default', roleArn } = (options['auth'] ?? {}) as Record<string, unknown>;
  const isInClient = method === 'default' || method === 'static';
  return name !== '@aws-sdk/credential-providers' || roleArn !== undefined || !isInClient;
}

/** A project that does not name this library uses `mhk` alone, which finds an SDK where it is itself. */
function placesOf(packageName: string | undefined, { folder, manifest }: ProjectFacts): readonly string[] {
  const usesLibrary = [...(manifest?.dependencies ?? [])].some((name) =>
    name.startsWith('@magic-hour-keys/'),
  );
  const own = packageName === undefined || usesLibrary ? undefined : folderOfOwn(packageName);
  return own === undefined ? [folder] : [folder, own];
}

/** Where our own copy of a backend is, by way of the package that depends on it. */
function folderOfOwn(packageName: string): string | undefined {
  try {
    const config = createRequire(import.meta.url).resolve('@magic-hour-keys/config/package.json');
    return dirname(realpathSync(createRequire(config).resolve(`${packageName}/package.json`)));
  } catch {
    return undefined;
  }
}

function readInstalled(name: string, from: string): Readonly<Record<string, unknown>> | undefined {
  for (const folder of foldersAbove(from)) {
    const found = readJson(join(folder, 'node_modules', name, 'package.json'));
    if (found) return found;
  }
  return undefined;
}
