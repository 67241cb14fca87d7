import { describePath } from '../../environment-text.ts';
import type { Check } from '../facts.ts';

/** What `mhk check` finds, in every environment, whether it is in use or not. */
export const configProblems: Check = ({ config, io }) => {
  const file = config.file === undefined ? 'the configuration' : describePath(config.file, io);
  return config.problems.map(({ pointer, message }) => ({
    id: 'config-problem',
    level: 'error',
    title: pointer === '' ? message : `${pointer}: ${message}`,
    fix: `Correct ${pointer === '' ? '' : `${pointer} in `}${file}, and see with: mhk check`,
    at: file,
  }));
};
