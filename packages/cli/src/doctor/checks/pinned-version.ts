import type { Check } from '../facts.ts';
import { linksOf } from './links-of.ts';

/** One version for ever: then no rotation is noticed. */
export const pinnedVersion: Check = (facts) =>
  linksOf(facts).flatMap(({ environment, link: { name, location, options } }) => {
    const option = ['version', 'versionId'].find((candidate) => options[candidate] !== undefined);
    // An alias of Google may be moved.
    const isMovable = name === 'gcp' && !/^\d+$/.test(String(options['version']));
    if (option === undefined || isMovable) return [];
    return [
      {
        id: 'version-pinned',
        level: 'note',
        title: `${location} is one version for ever, so that no rotation is noticed`,
        fix: `Take "${option}" out of ${environment.name}, unless this is a rollback.`,
        at: `${name} (${location})`,
        environment: environment.name,
      },
    ];
  });
