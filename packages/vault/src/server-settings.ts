import { KeyError } from '@magic-hour-keys/core';
import type { VaultSettings } from './options.ts';
import { ADDRESS, isInsecureAddress } from './vault-address.ts';

/**
 * The option, or else VAULT_ADDR.
 *
 * @throws KeyError `not_configured` where neither is set: then a chain goes on to its next link. `invalid_config` for
 * one that can't be used.
 */
export function findAddress(settings: VaultSettings): string {
  const { address, allowInsecure } = settings;
  const found = address ?? settings.variable('VAULT_ADDR');
  if (found === undefined) {
    throw fail(
      settings,
      'not_configured',
      'no address of Vault is set',
      'Set VAULT_ADDR or the option `address`.',
    );
  }
  if (!ADDRESS.test(found) || !URL.canParse(found)) {
    throw fail(
      settings,
      'invalid_config',
      'VAULT_ADDR is not the address of a server',
      'Set VAULT_ADDR to a URL such as https://vault.internal:8200.',
    );
  }
  if (!allowInsecure && isInsecureAddress(found)) {
    throw fail(
      settings,
      'invalid_config',
      'VAULT_ADDR is http, by which token and key could be read on the way',
      'Use https; or, where the network is safe, set `allowInsecure: true`.',
    );
  }
  return found.replace(/\/+$/, '');
}

/** In PEM; undefined for the usual CAs. @throws KeyError `invalid_config` where there is no certificate to be read */
export async function readCa(settings: VaultSettings): Promise<string | undefined> {
  const file = settings.caFile ?? settings.variable('VAULT_CACERT');
  if (file === undefined) return undefined;
  const setting = settings.caFile === undefined ? 'VAULT_CACERT' : 'the option `caFile`';
  const { location, cwd } = settings;
  const { readCaFile } = await import('@magic-hour-keys/core/node');
  return readCaFile(file, setting, { where: { source: 'vault', location }, cwd });
}

function fail(
  { location }: VaultSettings,
  code: 'not_configured' | 'invalid_config',
  message: string,
  hint: string,
): KeyError {
  return new KeyError({ code, source: 'vault', location, message, hint });
}
