import { callJson, type JsonAnswer } from './call-json.ts';
import { until } from './until.ts';

export interface VaultServer {
  readonly address: string;
  /** May make mounts, policies, tokens and roles. */
  readonly token: string;
  readonly namespace?: string | undefined;
  /** In PEM. */
  readonly ca?: string | undefined;
}

const SETTLING_LIMIT_MS = 60_000;

/** What this suite does to a Vault, by its HTTP API alone. */
export interface VaultAdmin {
  /** @returns `data` or `auth` of the answer @throws Error with path and status where Vault refuses */
  write(path: string, body: object): Promise<Readonly<Record<string, unknown>>>;
  /** The same for what Vault may refuse. */
  try(method: string, path: string, body?: object): Promise<JsonAnswer>;
  /** No error where there is nothing (any more). */
  remove(path: string): Promise<void>;
  mountKv(mount: string, version: 1 | 2): Promise<void>;
}

export function openVaultAdmin({ address, token, namespace, ca }: VaultServer): VaultAdmin {
  const headers = { 'x-vault-token': token, ...(namespace && { 'x-vault-namespace': namespace }) };

  function send(method: string, path: string, body?: object): Promise<JsonAnswer> {
    return callJson({ url: new URL(`/v1/${path}`, address).href, method, headers, body, ca });
  }

  async function write(path: string, body: object): Promise<Readonly<Record<string, unknown>>> {
    const { status, json } = await send('POST', path, body);
    if (status >= 300) throw new Error(`${path}: Vault answered with ${status}`);
    const { data, auth } = { ...(json as { data?: object; auth?: object } | undefined) };
    return { ...data, ...auth };
  }

  return {
    write,
    try: send,
    async remove(path) {
      const { status } = await send('DELETE', path);
      if (status >= 300 && status !== 404) throw new Error(`DELETE ${path}: Vault answered with ${status}`);
    },
    async mountKv(mount, version) {
      await write(`sys/mounts/${mount}`, { type: 'kv', options: { version: `${version}` } });
      // An engine of version 2 prepares its storage first, and refuses to write until then.
      const path = version === 2 ? `${mount}/data/first` : `${mount}/first`;
      const body = version === 2 ? { data: { ready: 'yes' } } : { ready: 'yes' };
      await until(SETTLING_LIMIT_MS, async () => (await send('POST', path, body)).status < 300);
    },
  };
}
