export { checkConfig } from './check-config.ts';
export type { ConfigCheck, EnvironmentCheck } from './check-config.ts';
export type { ChosenEnvironment } from './choose-environment.ts';
export type {
  ConfigLocationOptions,
  EnvironmentConfig,
  LinkConfig,
  LoadKeyProviderOptions,
  MagicHourKeysConfig,
} from './config-types.ts';
export { defineConfig } from './define-config.ts';
export { describeKeySources } from './describe-key-sources.ts';
export type { KeySourceDescription } from './describe-key-sources.ts';
export { loadKeyProvider, loadKeySources } from './load-key-provider.ts';
export type { PolicyConfig } from './policy.ts';
export type { ConfigProblem } from './problem.ts';
