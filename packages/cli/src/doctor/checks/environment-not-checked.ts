import type { Check } from '../facts.ts';

/** With `--all`: an environment whose variables are set on other machines. */
export const environmentNotChecked: Check = ({ environments }) =>
  environments.flatMap(({ name, problem }) =>
    problem === undefined
      ? []
      : [
          {
            id: 'environment-not-checked',
            level: 'note',
            title: `${name} can not be looked at from here: ${problem}`,
            fix: `Run mhk doctor --env ${name} where ${name} runs.`,
            environment: name,
          },
        ],
  );
