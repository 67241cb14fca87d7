export { startFakeVault } from './fake-vault.ts';
export type { FakeVault, FakeVaultOptions } from './fake-vault.ts';
export type { FaultOptions, VaultFault } from './fault-queue.ts';
export type { AppRole, JwtRole } from './login-methods.ts';
export type { TokenOptions } from './token-store.ts';
export type { VaultAnswer } from './vault-answer.ts';
export type { Capability, PolicyRule } from './vault-policies.ts';
export type { InNamespace, VaultControls } from './vault-controls.ts';
export type { AgentMode } from './vault-state.ts';
