import { describePath } from '../../environment-text.ts';
import type { Check } from '../facts.ts';
import { linksOf } from './links-of.ts';

/** Another value in a file that is asked later: whoever edits it wonders why nothing changes. */
export const shadowedValues: Check = (facts) =>
  linksOf(facts).flatMap(({ environment, link: { name, options, answer } }) => {
    const variable = options['variable'];
    if (name !== 'env' || answer.outcome !== 'key') return [];
    const value = answer.key.reveal();
    return facts.keyFiles
      .filter(({ kind, isConfigured }) => kind === 'env' && isConfigured)
      .filter(({ assignments }) => {
        const set = assignments.findLast((assignment) => assignment.name === variable)?.value ?? '';
        return set !== '' && set !== value;
      })
      .map(({ path }) => ({
        id: 'value-shadowed',
        level: 'note' as const,
        title: `${describePath(path, facts.io)} sets another ${String(variable)}, and ${answer.origin} comes first`,
        fix: `Take ${String(variable)} out of one of them.`,
        at: describePath(path, facts.io),
        environment: environment.name,
      }));
  });
