import { relative } from 'node:path';
import { isLeftOut } from '../../project/ignore-rules.ts';
import type { Check, ProjectFacts } from '../facts.ts';
import { appendTo } from '../quote-for-shell.ts';

/** A file with a key that `npm publish` would take along. */
export const packageFiles: Check = ({ keyFiles, project }) => {
  if (!project.manifest || project.manifest.isPrivate) return [];
  return keyFiles
    .filter(({ holdsKey, exists }) => exists && holdsKey)
    .map(({ path }) => relative(project.folder, path).replaceAll('\\', '/'))
    .filter((path) => !path.startsWith('..') && isPublished(path, project))
    .map((path) => ({
      id: 'env-file-in-package',
      level: 'error',
      title: `npm publish would publish ${path} with its key`,
      fix: `List what belongs into the package in "files" of package.json; or run:\n${appendTo(project.npmignore === undefined && project.gitignore !== undefined ? '.gitignore' : '.npmignore', path)}`,
      at: 'package.json',
    }));
};

/** The rule of npm for the top folder: "files" decides; without it .npmignore, and without that .gitignore. */
function isPublished(path: string, { manifest, npmignore, gitignore }: ProjectFacts): boolean {
  const { files } = manifest ?? {};
  if (files !== undefined) return isLeftOut(path, files.map(asRule).join('\n'), 'docker');
  return !isLeftOut(path, npmignore ?? gitignore ?? '', 'git');
}

/** `"."` and `"./"` stand for everything. */
function asRule(entry: string): string {
  const rule = entry.replace(/^(!?)\.?\//, '$1');
  return rule === '' || rule === '.' ? '**' : rule;
}
