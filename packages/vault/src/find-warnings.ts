import type { KeyWarning } from '@magic-hour-keys/core';
import type { VaultSettings } from './options.ts';
import { isInsecureAddress } from './vault-address.ts';

/** What works, and should not be so. */
export function findWarnings(settings: VaultSettings): readonly KeyWarning[] {
  const warnings: KeyWarning[] = [];
  const address = settings.address ?? settings.variable('VAULT_ADDR') ?? '';
  if (!settings.client && isTruth(settings.variable('VAULT_SKIP_VERIFY'))) {
    warnings.push({
      code: 'vault_skip_verify_ignored',
      message:
        'VAULT_SKIP_VERIFY is set and has no effect: certificates are always verified. Name the CA in VAULT_CACERT instead.',
    });
  }
  if (!settings.client && isInsecureAddress(address)) {
    warnings.push({
      code: 'vault_without_tls',
      message: 'Vault is asked by http, so that token and key can be read on the way. Use an https address.',
    });
  }
  // That of the process itself, whatever stands for its environment here.
  if (/(^|[,\s])(https?|\*)([,\s]|$)/i.test(process.env['NODE_DEBUG'] ?? '')) {
    warnings.push({
      code: 'node_debug_prints_headers',
      message: 'NODE_DEBUG makes Node print the headers of requests, and so the Vault token. Unset it.',
    });
  }
  return warnings;
}

/** As Vault's own command reads it; node-vault takes "false" for true. */
function isTruth(text: string | undefined): boolean {
  return /^(1|t|true)$/i.test(text ?? '');
}
