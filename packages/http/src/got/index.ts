export { createGotOptions } from './create-got-options.ts';
export type {
  GotAfterResponse,
  GotBeforeRequest,
  GotOptions,
  GotRequest,
  KeyedGotOptions,
} from './create-got-options.ts';
