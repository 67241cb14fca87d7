import type { Check } from '../facts.ts';
import { linksOf } from './links-of.ts';

const DAY_MS = 86_400_000;
const DEFAULT_DAYS = 90;

/** Magic Hour advises a new key every 90 days; `maxAge` of the policy says otherwise. */
export const keyAge: Check = (facts) =>
  linksOf(facts).flatMap(({ environment, link: { name, location, answer } }) => {
    if (answer.outcome !== 'key' || answer.key.createdAt === undefined) return [];
    const limitMs = environment.policy.maxAgeMs ?? DEFAULT_DAYS * DAY_MS;
    const ageMs = Date.now() - answer.key.createdAt.getTime();
    if (ageMs <= limitMs) return [];
    const [days, limit] = [ageMs, limitMs].map((ms) => Math.floor(ms / DAY_MS));
    return [
      {
        id: 'key-old',
        level: 'warning',
        title: `the key …${answer.key.last4} was stored ${days} days ago, and ${limit} is the limit`,
        fix: 'Make a new key in the Magic Hour Developer Hub, store it there, and delete the old one once nobody uses it.',
        at: `${name} (${location})`,
        environment: environment.name,
      },
    ];
  });
