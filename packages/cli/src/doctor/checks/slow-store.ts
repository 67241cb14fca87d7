import type { Check } from '../facts.ts';
import { linksOf } from './links-of.ts';

const DEFAULT_ATTEMPT_MS = 3000;

/** A read that comes near to its limit fails on a bad day. */
export const slowStore: Check = (facts) =>
  linksOf(facts).flatMap(({ environment, link: { name, location, title, answer } }) => {
    const limitMs = environment.policy.attemptMs ?? DEFAULT_ATTEMPT_MS;
    if (answer.outcome !== 'key' || (answer.secondReadMs ?? 0) <= limitMs / 2) return [];
    return [
      {
        id: 'store-slow',
        level: 'warning',
        title: `${title} took ${answer.secondReadMs} ms for a read, and ${limitMs} ms is the limit`,
        fix: 'Lengthen "attempt" in the policy, or read from a region that is nearer.',
        at: `${name} (${location})`,
        environment: environment.name,
      },
    ];
  });
