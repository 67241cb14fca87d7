export type { DenialReason } from './answer-request.ts';
export type { FakeApplication } from './authority.ts';
export type { FakeAzureRequest } from './describe-request.ts';
export { startFakeAzure } from './fake-azure.ts';
export type { FakeAzure, FakeAzureOptions } from './fake-azure.ts';
export type { AzureFault, FaultOptions } from './faults.ts';
export type { FakeIdentity } from './metadata-service.ts';
export type { SecretStore, StoredVersion, VersionSettings } from './secret-store.ts';
