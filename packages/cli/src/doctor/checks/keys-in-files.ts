import type { Check, KeyInFile } from '../facts.ts';
import type { Finding } from '../finding.ts';
import { appendTo } from '../quote-for-shell.ts';

const ENV_FILE = /(?:^|[/\\])\.env(?:\.(?!example$|sample$|template$|dist$|defaults?$)[^/\\]+)?$/;

/** A key in code, in a configuration, in documentation: everywhere but in a file that is made for it. */
export const keysInFiles: Check = ({ search, project }) => [
  ...search.keys.flatMap((found): readonly Finding[] => {
    if (found.isTracked) return [inGit(found)];
    if (!ENV_FILE.test(found.file)) return [inFile(found)];
    return project.isInGit ? [inEnvFile(found)] : [];
  }),
  ...(search.isComplete ? [] : [INCOMPLETE]),
];

const INCOMPLETE: Finding = {
  id: 'search-incomplete',
  level: 'note',
  title: 'the project is too large to be looked through here',
  fix: 'mhk scan',
};

function inGit({ file, line, last4 }: KeyInFile): Finding {
  return {
    id: 'key-in-git',
    level: 'error',
    title: `a key (…${last4}) stands in a file that is in git`,
    fix: `Make a new key in the Magic Hour Developer Hub and delete …${last4}: git keeps it. Take it out of ${file}, and let the code ask the library.`,
    at: `${file}:${line}`,
  };
}

function inFile({ file, line, last4 }: KeyInFile): Finding {
  return {
    id: 'key-in-file',
    level: 'error',
    title: `a key (…${last4}) stands in this file`,
    fix: `Take it out of ${file}, and let the code ask the library. If it was ever shared, delete …${last4} in the Magic Hour Developer Hub.`,
    at: `${file}:${line}`,
  };
}

/** In a folder further down: those at the top are looked at one by one. */
function inEnvFile({ file }: KeyInFile): Finding {
  return {
    id: 'env-file-not-ignored',
    level: 'warning',
    title: `${file} holds a key, and git does not ignore it`,
    fix: appendTo('.gitignore', file),
    at: file,
  };
}
