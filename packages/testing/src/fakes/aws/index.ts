export type { FakeAccessKey } from './access-keys.ts';
export type { FakeAwsRequest } from './describe-request.ts';
export { startFakeAws } from './fake-aws.ts';
export type { FakeAws, FakeAwsOptions } from './fake-aws.ts';
export type { AwsFault, FaultOptions } from './faults.ts';
export type { FakeSecrets, InRegion, PutOptions } from './secret-admin.ts';
export type { StageMove } from './secret-store.ts';
export type { FakeRole } from './sts.ts';
