export { createKeyAgents } from './create-key-agents.ts';
export type { KeyAgents, KeyAgentsOptions } from './create-key-agents.ts';
export { createRequest } from './create-request.ts';
export type { KeyedRequest, NodeRequestOptions } from './create-request.ts';
