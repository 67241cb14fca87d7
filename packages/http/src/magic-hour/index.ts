export { bindMagicHour } from './bind-magic-hour.ts';
export { createMagicHourClient } from './create-magic-hour-client.ts';
export type { MagicHourClass, MagicHourClientOptions } from './create-magic-hour-client.ts';
