import type { Check } from '../facts.ts';

/** A link that is never asked, because one before it has a key. */
export const shadowedSources: Check = ({ environments }) =>
  environments.flatMap(({ name, links }) => {
    const winner = links.find(({ answer }) => answer.outcome === 'key');
    if (winner?.answer.outcome !== 'key') return [];
    const { origin } = winner.answer;
    return links
      .filter(({ answer }) => answer.outcome === 'not asked' && answer.because === 'behind')
      .map((link) => ({
        id: 'source-shadowed',
        level: 'note' as const,
        title: `${link.name} (${link.location}) is not asked: ${winner.name} (${origin}) has a key and comes first`,
        fix: `Take the key out of ${origin}, where ${link.name} is meant.`,
        at: `${winner.name} (${origin})`,
        environment: name,
      }));
  });
