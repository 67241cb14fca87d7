export type { EnvOptions } from './options.ts';
export { envKeyProvider, envKeySource } from './source.ts';
