import { describePath } from '../../environment-text.ts';
import type { Check } from '../facts.ts';
import type { Finding } from '../finding.ts';
import { appendTo, quoteForShell } from '../quote-for-shell.ts';

/** A file with a key that git keeps, or would take with the next `git add .`. */
export const envFileInGit: Check = ({ keyFiles, io }) =>
  keyFiles
    .filter(({ holdsKey }) => holdsKey)
    .flatMap(({ path, git }): readonly Finding[] => {
      const shown = describePath(path, io);
      if (git === 'tracked') {
        return [
          {
            id: 'env-file-tracked',
            level: 'error',
            title: `${shown} holds a key, and is in git`,
            fix: `Make a new key in the Magic Hour Developer Hub and delete this one. Then run:\ngit rm --cached ${quoteForShell(shown)} && ${appendTo('.gitignore', shown)}`,
            at: shown,
          },
        ];
      }
      if (git !== 'untracked') return [];
      return [
        {
          id: 'env-file-not-ignored',
          level: 'warning',
          title: `${shown} holds a key, and git does not ignore it`,
          fix: appendTo('.gitignore', shown),
          at: shown,
        },
      ];
    });
