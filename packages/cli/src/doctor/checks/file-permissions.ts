import { describePath } from '../../environment-text.ts';
import type { Check, KeyFileFacts } from '../facts.ts';
import type { Finding } from '../finding.ts';
import { quoteForShell } from '../quote-for-shell.ts';

const OTHERS_READ = 0o004;
const OTHERS_WRITE = 0o002;

/** Who may read a file with a key, or put another key into it. */
export const filePermissions: Check = ({ keyFiles, io }) =>
  keyFiles
    .filter(({ exists, holdsKey, isConfigured }) => exists && (holdsKey || isConfigured))
    .flatMap((file) => judgeFile(file, describePath(file.path, io)));

function judgeFile({ mode = 0, isForeign, holdsKey }: KeyFileFacts, shown: string): readonly Finding[] {
  const findings: Finding[] = [];
  if (holdsKey && (mode & OTHERS_READ) !== 0) {
    findings.push({
      id: 'file-readable-by-others',
      level: 'warning',
      title: `${shown} can be read by every user of this machine (mode ${mode.toString(8)})`,
      fix: `chmod 600 ${quoteForShell(shown)}`,
      at: shown,
    });
  }
  if ((mode & OTHERS_WRITE) !== 0) {
    findings.push({
      id: 'file-writable-by-others',
      level: 'warning',
      title: `${shown} can be changed by every user of this machine (mode ${mode.toString(8)})`,
      fix: `chmod 600 ${quoteForShell(shown)}`,
      at: shown,
    });
  }
  if (isForeign) {
    findings.push({
      id: 'file-of-another-user',
      level: 'warning',
      title: `${shown} belongs to another user, who can read it and put another key into it`,
      fix: `chown "$(id -un)" ${quoteForShell(shown)}`,
      at: shown,
    });
  }
  return findings;
}
