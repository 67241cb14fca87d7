import { relative, sep } from 'node:path';
import { describePath } from '../../environment-text.ts';
import type { Check } from '../facts.ts';

/** A `.env` that leads out of the project: somebody else decides what is in it. */
export const fileLinks: Check = ({ keyFiles, project, io }) =>
  keyFiles
    .filter(
      ({ kind, target }) => kind === 'env' && target !== undefined && leavesFolder(target, project.folder),
    )
    .map(({ path, target = '' }) => ({
      id: 'env-file-link',
      level: 'warning',
      title: `${describePath(path, io)} is a link to ${target}, outside of the project`,
      fix: `Put a file of its own there, or name ${target} in "files" of the configuration.`,
      at: describePath(path, io),
    }));

function leavesFolder(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way === '..' || way.startsWith(`..${sep}`);
}
