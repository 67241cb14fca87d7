import { resolve, dirname } from 'node:path';
import type { Check } from '../facts.ts';
import type { Finding } from '../finding.ts';
import { linksOf } from './links-of.ts';

/** A variable or a file that an option names, and that is not there: told offline too. */
export const secretReferences: Check = (facts) =>
  linksOf(facts).flatMap(({ environment, link: { name, location, secretReferences: references, answer } }) =>
    references.flatMap((reference): readonly Finding[] => {
      // What was read needs no guess.
      if (answer.outcome === 'key') return [];
      const place = { at: `${name} (${location})`, environment: environment.name };
      if ('env' in reference) {
        if (facts.io.env[reference.env]?.trim()) return [];
        return [
          {
            id: 'secret-reference-unset',
            level: 'error',
            title: `${name} takes a part of its login from ${reference.env}, which is not set`,
            fix: `Set ${reference.env} where the application runs.`,
            ...place,
          },
        ];
      }
      const folder = facts.config.file === undefined ? facts.io.cwd : dirname(facts.config.file);
      const path = resolve(folder, reference.file);
      if (facts.keyFiles.some((file) => file.path === path && file.exists)) return [];
      return [
        {
          id: 'secret-reference-missing',
          level: 'error',
          title: `${name} takes a part of its login from ${reference.file}, which is not there`,
          fix: `Put the file at ${reference.file}, or correct the option that names it.`,
          ...place,
        },
      ];
    }),
  );
