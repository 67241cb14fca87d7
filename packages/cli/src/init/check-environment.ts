import { checkConfig, type ConfigProblem } from '@magic-hour-keys/config';
import type { CliIo } from '../io.ts';
import { readRefused } from './parse-options.ts';
import type { ProposedEnvironment } from './propose.ts';

export interface CheckedEnvironment extends ProposedEnvironment {
  readonly problems: readonly ConfigProblem[];
}

/** The environment with its options as the schema wants them, and what is wrong with it then. */
export function checkEnvironment(
  proposed: ProposedEnvironment,
  { env }: Pick<CliIo, 'env'>,
): CheckedEnvironment {
  const asTyped = problemsOf(proposed.name, proposed.content, env);
  if (asTyped.length === 0) return { ...proposed, problems: [] };
  const prefix = `/environments/${proposed.name}`;
  const refused = new Set(asTyped.map(({ pointer }) => pointer.slice(prefix.length)));
  const content = readRefused(proposed.content, refused);
  return { ...proposed, content, problems: problemsOf(proposed.name, content, env) };
}

/** Beside another that is in use, so that a variable which is only set where it runs may be missing here. */
function problemsOf(name: string, content: object, env: CliIo['env']): readonly ConfigProblem[] {
  const other = name === 'development' ? 'production' : 'development';
  const config = { environments: { [other]: { source: 'env' }, [name]: content } };
  return checkConfig({ config, environment: other, env }).problems;
}
