import { axiosClients } from './axios-clients.ts';
import type { ClientUnderTest } from './client-under-test.ts';
import { fetchClients } from './fetch-clients.ts';
import { gotClients } from './got-clients.ts';
import { nodeClients } from './node-clients.ts';
import { undiciClients } from './undici-clients.ts';

export const ALL_CLIENTS: readonly ClientUnderTest[] = [
  ...fetchClients,
  ...undiciClients,
  ...axiosClients,
  ...gotClients,
  ...nodeClients,
];
