import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Names of change files that wait for a release. */
export function listChangeFiles(root) {
  const folder = join(root, '.changeset');
  if (!existsSync(folder)) return [];
  return readdirSync(folder).filter((name) => name.endsWith('.md') && name !== 'README.md');
}

/** The sections of a changelog, newest first: `{ version, text }`. */
export function readChangelog(folder) {
  const path = join(folder, 'CHANGELOG.md');
  if (!existsSync(path)) return [];
  const [, ...sections] = readFileSync(path, 'utf8').split(/^## /m);
  return sections.map((section) => {
    const [version, ...lines] = section.split('\n');
    return { version: version.trim(), text: lines.join('\n').trim() };
  });
}

/** Packages in an order in which each comes after those that it depends on, so that no moment shows half of a release. */
export function sortForPublishing(packages) {
  const waiting = new Map(packages.map((entry) => [entry.manifest.name, entry]));
  const sorted = [];
  while (waiting.size > 0) {
    const ready = [...waiting.values()].filter(({ manifest }) =>
      Object.keys(manifest.dependencies ?? {}).every((name) => !waiting.has(name)),
    );
    if (ready.length === 0) throw new Error(`these depend on each other: ${[...waiting.keys()].join(', ')}`);
    for (const entry of ready) waiting.delete(entry.manifest.name);
    sorted.push(...ready);
  }
  return sorted;
}

/** What the changelogs say of a version, a heading for each package that changed by itself. */
export function composeNotes(packages, version) {
  const told = packages.flatMap(({ folder, manifest }) => {
    const text = readChangelog(folder).find((section) => section.version === version)?.text ?? '';
    return isOnlyDependencies(text) ? [] : [`## ${manifest.name}\n\n${text}\n`];
  });
  return told.join('\n');
}

/** All packages get each version, also those in which nothing but the versions of their neighbours has changed. */
function isOnlyDependencies(text) {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return lines.every((line) => /^(?:### |- Updated dependencies|\s+- @?magic-hour-keys)/.test(line));
}
