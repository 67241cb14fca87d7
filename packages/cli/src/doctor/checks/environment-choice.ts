import type { Check } from '../facts.ts';

/** Two variables name two environments: then it is well to know which one won. */
export const environmentChoice: Check = ({ config, io }) => {
  const nodeEnv = io.env['NODE_ENV']?.trim() ?? '';
  const { environment, environments } = config;
  const isOther = environment !== undefined && environment.name !== nodeEnv;
  const wasPassedOver =
    environment?.from === 'MAGIC_HOUR_ENV' && environments.some(({ name }) => name === nodeEnv);
  if (!isOther || !wasPassedOver) return [];
  return [
    {
      id: 'environment-passed-over',
      level: 'note',
      title: `NODE_ENV names ${nodeEnv}, and MAGIC_HOUR_ENV, which comes first, chose ${environment.name}`,
      fix: `Unset MAGIC_HOUR_ENV, where ${nodeEnv} is meant.`,
      at: 'MAGIC_HOUR_ENV',
    },
  ];
};
