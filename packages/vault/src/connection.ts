import { optionalImport } from '@magic-hour-keys/core/author';
import { createExchange } from './exchange.ts';
import { handedInConnection } from './handed-in-client.ts';
import { CLIENT_PACKAGE, type VaultSettings } from './options.ts';
import { findAddress, readCa } from './server-settings.ts';

export interface VaultCall {
  /** Encoded, without `/v1/`; perhaps with a query. */
  readonly path: string;
  /** A write where it is given, else a read. */
  readonly body?: object | undefined;
  readonly token?: string | undefined;
  readonly signal: AbortSignal;
  /** Whether waiting for it may keep the process running. */
  readonly keepsProcessAlive: boolean;
}

/** One server, asked through node-vault. */
export interface VaultConnection {
  /**
   * @returns the JSON of the answer; undefined for one without content
   * @throws VaultRefusal for any other answer, TransportError where there is none
   */
  send(call: VaultCall): Promise<unknown>;
  close(): void;
}

/**
 * Reads the variables, loads the SDK and opens nothing yet.
 *
 * @throws KeyError `not_configured` without an address, `invalid_config` for one that can't be used, for a CA that can't
 * be read, and when node-vault is missing.
 */
export async function openConnection(settings: VaultSettings): Promise<VaultConnection> {
  if (settings.client) return handedInConnection(settings.client);
  const address = findAddress(settings);
  const where = { source: 'vault', location: settings.location };
  const [{ default: createVault }, { createTransport }, ca] = await Promise.all([
    optionalImport(() => import('node-vault'), CLIENT_PACKAGE, where),
    import('@magic-hour-keys/core/node'),
    readCa(settings),
  ]);
  const transport = createTransport({ ca });
  const options = {
    endpoint: address,
    // node-vault's own transport ignores the signal, follows redirects with the token to any host, and puts the token
    // into its errors. Should it ever be used, VAULT_SKIP_VERIFY (any text, "false" too) must not end verification.
    'request-promise': { defaults: () => createExchange(transport, settings) },
    rpDefaults: { strictSSL: true },
    // DEBUG=node-vault would print what is written, such as the secret id of a login.
    debug: () => undefined,
    noCustomHTTPVerbs: true,
  };
  const client = createVault(options);
  // It takes VAULT_TOKEN, VAULT_NAMESPACE and VAULT_PREFIX by itself, also for logins; each call says what is meant.
  Object.assign(client, { token: '', namespace: '', pathPrefix: '' });
  const namespace = settings.namespace ?? settings.variable('VAULT_NAMESPACE');

  return {
    async send({ path, body, token, signal: deadline, keepsProcessAlive }) {
      const headers = {
        // Vault Agent and Vault Proxy can be told to refuse requests without it, as a guard against forged ones.
        'X-Vault-Request': 'true',
        ...(token !== undefined && { 'X-Vault-Token': token }),
        ...(namespace !== undefined && { 'X-Vault-Namespace': namespace }),
      };
      const request = { headers, signal: deadline, keepsProcessAlive };
      const answer: unknown = body
        ? await client.write(path, body, request)
        : await client.read(path, request);
      return answer === '' ? undefined : answer;
    },
    close: () => transport.close(),
  };
}
