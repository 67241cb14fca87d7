import {
  createKeyProvider,
  KeyError,
  type KeyFailure,
  type KeyProviderOptions,
  type KeyReading,
  type KeySource,
  type ManagedKeyProvider,
  type ReadContext,
} from '@magic-hour-keys/core';
import { createTokenSource } from './auth/create-token-source.ts';
import type { TokenSource } from './auth/token-source.ts';
import { classifyRefusal } from './classify.ts';
import { openConnection, type VaultConnection } from './connection.ts';
import { findWarnings } from './find-warnings.ts';
import { resolveOptions, type VaultOptions, type VaultSettings } from './options.ts';
import { readPreviousSecret } from './read-previous.ts';
import { readSecret } from './read-secret.ts';
import { findPlace, knownPlace, type SecretPlace } from './secret-place.ts';
import { startAsking, type Ask } from './start-asking.ts';
import { isRefusal } from './vault-refusal.ts';

/**
 * A ready provider that reads HashiCorp Vault or OpenBao.
 *
 * @throws KeyError `invalid_config` for options that can't be meant.
 */
export function vaultKeyProvider(
  options: VaultOptions,
  providerOptions: KeyProviderOptions = {},
): ManagedKeyProvider {
  const { runtime } = providerOptions;
  return createKeyProvider(vaultKeySource({ runtime, ...options }), providerOptions);
}

/**
 * The bare source. node-vault is loaded at the first read. Where the login gives tokens that end, they are renewed
 * between 60 and 80 % of their life, beside a read; no timer runs in between. With KV version 2, `version` and `sequence`
 * are the version's number, `createdAt` is the time when it was written, and `expiresAt` the one when it will be deleted.
 *
 * @throws KeyError `invalid_config` for options that can't be meant. A read fails with `not_configured` (no address),
 * `unauthenticated`, `access_denied`, `not_found`, `disabled` (deleted or destroyed), `invalid_key`, `invalid_config` (also
 * a missing package), `throttled`, `timeout`, `unavailable` (sealed, standby, unreachable) or `origin_not_allowed` (a
 * standby redirects to a host that is not named).
 */
export function vaultKeySource(options: VaultOptions): KeySource {
  const settings = resolveOptions(options);
  const vault = createVaultReader(settings);
  return {
    name: 'vault',
    location: settings.location,
    read: (context) => vault.use(context, (ask, place) => readSecret(ask, place, settings.version, settings)),
    readPrevious: (context) =>
      vault.use(context, async (ask, place) => readPreviousSecret(ask, place, settings)),
    classify: (error) => vault.classify(error),
    close: () => vault.close(),
  };
}

interface OpenVault {
  readonly connection: VaultConnection;
  readonly tokens: TokenSource;
  readonly classify: (error: unknown) => KeyFailure | undefined;
}

interface VaultReader {
  use<T extends KeyReading | undefined>(
    context: ReadContext,
    run: (ask: Ask, place: SecretPlace) => Promise<T>,
  ): Promise<T>;
  classify(error: unknown): KeyFailure | undefined;
  close(): Promise<void>;
}

function createVaultReader(settings: VaultSettings): VaultReader {
  let opening: Promise<OpenVault> | undefined;
  let classify: OpenVault['classify'] | undefined;
  let place = knownPlace(settings);
  let hasRead = false;
  let isClosed = false;

  async function connect(): Promise<OpenVault> {
    if (isClosed) throw new KeyError({ code: 'closed', source: 'vault', location: settings.location });
    opening ??= openVault(settings).catch((error: unknown) => {
      // A package that is installed, or a variable that is set, counts from the next read on.
      opening = undefined;
      throw error;
    });
    return opening;
  }

  return {
    async use(context, run) {
      const vault = await connect();
      classify = vault.classify;
      context.signal.throwIfAborted();
      const { ask, tend } = startAsking(vault.connection, vault.tokens, context);
      place ??= await findPlace(ask, settings);
      try {
        const reading = await run(ask, place);
        tend(!hasRead);
        hasRead = true;
        const warnings = findWarnings(settings);
        return reading && warnings.length > 0 ? { ...reading, warnings } : reading;
      } catch (raw) {
        // The engine may have been replaced by one of the other version.
        if (isRefusal(raw) && raw.status === 404) place = knownPlace(settings);
        throw raw;
      }
    },
    classify: (error) => classify?.(error) ?? classifyRefusal(error, settings),
    async close() {
      isClosed = true;
      const vault = await opening?.catch(() => undefined);
      await vault?.tokens.close?.();
      vault?.connection.close();
    },
  };
}

async function openVault(settings: VaultSettings): Promise<OpenVault> {
  const connection = await openConnection(settings);
  const { transportFailure } = await import('@magic-hour-keys/core/node');
  return {
    connection,
    tokens: createTokenSource(connection, settings),
    classify: (error) => transportFailure(error),
  };
}
