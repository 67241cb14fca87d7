import { KeyError } from '@magic-hour-keys/core';
import type { ConfigProblem } from './problem.ts';

/** All problems, one in each line, in one error. */
export function configError(problems: readonly ConfigProblem[], file: string | undefined): KeyError {
  const lines = problems.map((problem) => `\n  ${describeProblem(problem)}`);
  const count = problems.length === 1 ? 'a problem' : `${problems.length} problems`;
  return new KeyError({
    code: 'invalid_config',
    location: file,
    message: `the configuration has ${count}:${lines.join('')}\n`,
    hint: 'Correct it; `mhk check` says whether it is right.',
  });
}

/** `/environments/production/region: is missing`. */
function describeProblem({ pointer, message }: ConfigProblem): string {
  return pointer === '' ? message : `${pointer}: ${message}`;
}
