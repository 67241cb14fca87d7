export { FAULT_NAMES, FAULTS } from './faults.ts';
export type { FaultInfo, FaultLayer, FaultName, FaultSettings } from './faults.ts';
export { startFaultProxy } from './start-fault-proxy.ts';
export type { FaultProxy, FaultProxyOptions } from './start-fault-proxy.ts';
