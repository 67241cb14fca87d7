import type { Check } from '../facts.ts';
import { linksOf } from './links-of.ts';

/** Told by checks of their own, which look at more than what was read. */
const TOLD_ELSEWHERE: ReadonlySet<string> = new Set([
  'file_readable_by_others',
  'config_writable_by_others',
  'vault_skip_verify_ignored',
  'vault_without_tls',
  'node_debug_prints_headers',
]);

/** What a source itself remarks on a read that went well. */
export const sourceWarnings: Check = (facts) =>
  linksOf(facts).flatMap(({ environment, link: { name, location, answer } }) => {
    if (answer.outcome !== 'key') return [];
    return answer.warnings
      .filter(({ code }) => !TOLD_ELSEWHERE.has(code))
      .map(({ message }) => {
        const [, title = message, fix = message] = /^(.+?)\. (.+)$/s.exec(message) ?? [];
        return {
          id: 'source-warning' as const,
          level: 'warning' as const,
          title,
          fix,
          at: `${name} (${location})`,
          environment: environment.name,
        };
      });
  });
