export { startFakeGcp } from './fake-gcp.ts';
export type { FakeGcp, FakeGcpOptions } from './fake-gcp.ts';
export type { FaultOptions, GcpFault } from './faults.ts';
export type { FakeServiceAccountKey } from './logins.ts';
export type { GcpRefusal, GcpStatus } from './refusal.ts';
export type { FakeGcpRequest } from './request-log.ts';
export type { FakeGcpSecrets } from './secret-admin.ts';
export type { VersionState } from './secret-store.ts';
