import { axiosClients } from './axios-clients.ts';
import type { ClientUnderTest } from './client-under-test.ts';
import { fetchClients } from './fetch-clients.ts';
import { gotClients } from './got-clients.ts';
import { magicHourClients } from './magic-hour-clients.ts';
import { nodeClients } from './node-clients.ts';
import { undiciClients } from './undici-clients.ts';

/** Those that send whatever they are given. */
export const ALL_CLIENTS: readonly ClientUnderTest[] = [
  ...fetchClients,
  ...undiciClients,
  ...axiosClients,
  ...gotClients,
  ...nodeClients,
];

export const ALL_CLIENTS_AND_SDKS: readonly ClientUnderTest[] = [...ALL_CLIENTS, ...magicHourClients];
