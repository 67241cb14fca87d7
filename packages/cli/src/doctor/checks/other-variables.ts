import { describePath } from '../../environment-text.ts';
import { holdsKeyShape } from '../../key-shape.ts';
import type { Check, DoctorFacts } from '../facts.ts';
import type { Finding } from '../finding.ts';
import { linksOf } from './links-of.ts';

/** What bundlers write into the code of a web page. */
const PUBLIC = /^(?:NEXT_PUBLIC|VITE|REACT_APP|VUE_APP|NUXT_PUBLIC|PUBLIC|EXPO_PUBLIC|GATSBY)_\w+$/;
const VENDOR = 'API_TOKEN';

interface Setting {
  readonly name: string;
  readonly value: string;
  readonly at: string;
}

/** Keys in variables that nobody reads, or that everybody does. */
export const otherVariables: Check = (facts) =>
  settingsOf(facts).flatMap(({ name, value, at }): readonly Finding[] => {
    if (PUBLIC.test(name) && isKey(value, facts)) {
      return [
        {
          id: 'key-in-public-variable',
          level: 'error',
          title: `${name} holds a key, and bundlers write such variables into the code of the web page`,
          fix: `Take ${name} out, and call Magic Hour from the server. If a page with it was published, delete the key in the Developer Hub.`,
          at,
        },
      ];
    }
    const variables = namesRead(facts);
    // A great many services call their token so; ours is known by its shape.
    if (name !== VENDOR || !holdsKeyShape(value) || variables.includes(VENDOR)) return [];
    const [variable = 'MAGIC_HOUR_API_KEY'] = variables;
    return [
      {
        id: 'vendor-variable',
        level: 'warning',
        title: `${VENDOR} holds a Magic Hour key, as the SDK's README has it, and is not read here`,
        fix: `Rename ${VENDOR} to ${variable}, or set "variable": "${VENDOR}" in the configuration.`,
        at,
      },
    ];
  });

function settingsOf({ io, keyFiles }: DoctorFacts): readonly Setting[] {
  const own = Object.entries(io.env).map(([name, value = '']) => ({ name, value, at: name }));
  const inFiles = keyFiles.flatMap(({ path, assignments }) =>
    assignments.map(({ name, value, line }) => ({ name, value, at: `${describePath(path, io)}:${line}` })),
  );
  return [...own, ...inFiles];
}

function isKey(value: string, facts: DoctorFacts): boolean {
  return (
    holdsKeyShape(value) ||
    linksOf(facts).some(({ link: { answer } }) => answer.outcome === 'key' && answer.key.reveal() === value)
  );
}

/** The variables that a source of the environments reads. */
function namesRead(facts: DoctorFacts): readonly string[] {
  return linksOf(facts).flatMap(({ link: { options } }) =>
    typeof options['variable'] === 'string' ? [options['variable']] : [],
  );
}
