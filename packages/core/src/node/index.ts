export { publishKeyEvents } from './diagnostics-channels.ts';
export { readSmallFile } from './read-small-file.ts';
export type { ReadSmallFileOptions, SmallFile } from './read-small-file.ts';
