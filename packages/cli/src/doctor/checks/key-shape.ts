import { KEY_SHAPE } from '../../key-shape.ts';
import type { Check } from '../facts.ts';
import type { Finding } from '../finding.ts';
import { linksOf } from './links-of.ts';

const HUB = 'the Magic Hour Developer Hub';
const WHOLE_KEY = new RegExp(`^${KEY_SHAPE.source}$`);
/** How the keys of other services begin. */
const OTHERS: readonly (readonly [beginning: RegExp, service: string])[] = [
  [/^(?:AKIA|ASIA)[A-Z0-9]{12}/, 'an AWS access key id'],
  [/^(?:gh[opsur]_|github_pat_)/, 'a GitHub token'],
  [/^sk-/, 'an OpenAI or Anthropic key'],
  [/^[rs]k_(?:live|test)_/, 'a Stripe key'],
  [/^AIza/, 'a Google API key'],
  [/^xox[a-z]-/, 'a Slack token'],
  [/^hv[bs]\./, 'a Vault token'],
  [/^eyJ/, 'a JSON Web Token'],
];

/** What is stored there is a placeholder, no key at all, or the key of somebody else. */
export const keyShape: Check = (facts) =>
  linksOf(facts).flatMap(({ environment, link }): readonly Finding[] => {
    const { answer, location } = link;
    const origin = answer.outcome === 'not asked' ? location : answer.origin;
    const place = { at: `${link.name} (${origin})`, environment: environment.name };
    if (answer.outcome === 'failed' && answer.code === 'invalid_key') {
      const { problem = 'the stored value is no key', hint = `Store the key from ${HUB}.` } = answer;
      const id = problem.includes('placeholder') ? 'key-placeholder' : 'key-malformed';
      return [{ id, level: 'error', title: problem, fix: hint, ...place }];
    }
    if (answer.outcome !== 'key' || WHOLE_KEY.test(answer.key.reveal())) return [];
    const value = answer.key.reveal();
    const [, service] = OTHERS.find(([beginning]) => beginning.test(value)) ?? [];
    const fix = `Store the key from ${HUB} in its place: it begins with mhk_.`;
    return service === undefined
      ? [
          {
            id: 'key-shape',
            level: 'warning',
            title: `the key does not begin with mhk_, as keys of Magic Hour do`,
            fix,
            ...place,
          },
        ]
      : [
          {
            id: 'key-of-another-service',
            level: 'error',
            title: `what is stored there looks like ${service}`,
            fix: `${fix} And make a new one there: it was about to be sent to Magic Hour.`,
            ...place,
          },
        ];
  });
