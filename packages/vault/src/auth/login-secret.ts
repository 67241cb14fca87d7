import type { SecretFileOptions, SecretReference } from '@magic-hour-keys/core/node';
import type { VaultSettings } from '../options.ts';

/** @throws KeyError, as `readSecretReference` does. */
export async function readLoginSecret(
  option: string,
  reference: SecretReference,
  settings: VaultSettings,
  signal: AbortSignal,
): Promise<string> {
  const { readSecretReference } = await import('@magic-hour-keys/core/node');
  return readSecretReference(reference, { ...loginPlace(settings), option, env: settings.env, signal });
}

/** What an error says of a secret to log in with. */
export function loginPlace({ location, cwd }: VaultSettings): SecretFileOptions {
  return { where: { source: 'vault', location }, cwd, missing: 'what to log in to Vault with is missing' };
}
