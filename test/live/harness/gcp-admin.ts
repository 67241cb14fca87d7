import { createRequire } from 'node:module';
import type { SecretManagerServiceClient } from '@google-cloud/secret-manager';
import type { GcpTransport } from '@magic-hour-keys/gcp';

export interface GcpServer {
  /** Undefined for Google itself. */
  readonly endpoint: string | undefined;
  readonly transport: GcpTransport;
  readonly project: string;
}

/** What this suite itself does at a Secret Manager, past every relay. Errors carry the name of a status as `status`. */
export interface GcpAdmin {
  /** Makes the secret where there is none. @returns the number of the version */
  add(secret: string, value: string | Uint8Array): Promise<string>;
  disable(secret: string, version: string): Promise<void>;
  /** With the secret all its versions; nothing happens where there is none. */
  remove(secret: string): Promise<void>;
  /** @returns whether that version can be read */
  canRead(secret: string, version: string): Promise<boolean>;
  close(): Promise<void>;
}

/** The few requests, each of them by the protocol that is asked for. */
interface GcpCalls {
  create(parent: string, secretId: string): Promise<unknown>;
  add(parent: string, data: Buffer): Promise<unknown>;
  disable(name: string): Promise<unknown>;
  remove(name: string): Promise<unknown>;
  access(name: string): Promise<unknown>;
  close(): Promise<void>;
}

const GOOGLE = 'https://secretmanager.googleapis.com';

export async function openGcpAdmin({ endpoint, transport, project }: GcpServer): Promise<GcpAdmin> {
  const calls = transport === 'grpc' ? await openGrpc(endpoint, project) : await openRest(endpoint);
  const parent = `projects/${project}`;
  const made = new Set<string>();

  return {
    async add(secret, value) {
      if (!made.has(secret)) await calls.create(parent, secret);
      made.add(secret);
      const { name } = (await calls.add(`${parent}/secrets/${secret}`, Buffer.from(value))) as {
        name: string;
      };
      return name.replace(/^.*\//, '');
    },
    disable: async (secret, version) =>
      void (await calls.disable(`${parent}/secrets/${secret}/versions/${version}`)),
    async remove(secret) {
      if (made.delete(secret)) await calls.remove(`${parent}/secrets/${secret}`);
    },
    canRead: (secret, version) =>
      calls.access(`${parent}/secrets/${secret}/versions/${version}`).then(
        () => true,
        () => false,
      ),
    close: () => calls.close(),
  };
}

interface Gax {
  readonly GoogleAuth: new (options: object) => { getRequestHeaders(): Promise<Iterable<[string, string]>> };
  readonly grpc: { readonly credentials: { createInsecure(): object } };
}

/** The SDK's own, which nobody else's will do for. */
function loadGax(): Gax {
  const { resolve } = createRequire(import.meta.url);
  return createRequire(resolve('@google-cloud/secret-manager'))('google-gax') as Gax;
}

async function openGrpc(endpoint: string | undefined, project: string): Promise<GcpCalls> {
  const { SecretManagerServiceClient: Client } = await import('@google-cloud/secret-manager');
  const client: SecretManagerServiceClient = new Client(grpcOptions(endpoint, project) as never);
  const [secret, first] = [
    { replication: { automatic: {} } },
    ([answer]: readonly unknown[]): unknown => answer,
  ];
  return {
    create: (parent, secretId) => client.createSecret({ parent, secretId, secret }),
    add: async (parent, data) => first(await client.addSecretVersion({ parent, payload: { data } })),
    disable: (name) => client.disableSecretVersion({ name }),
    remove: (name) => client.deleteSecret({ name }),
    access: (name) => client.accessSecretVersion({ name }),
    close: () => client.close(),
  };
}

function grpcOptions(endpoint: string | undefined, project: string): object {
  if (endpoint === undefined) return { projectId: project };
  const { protocol, hostname, port } = new URL(endpoint);
  const isPlain = protocol === 'http:';
  return {
    projectId: project,
    apiEndpoint: hostname,
    port: Number(port) || (isPlain ? 80 : 443),
    ...(isPlain && {
      sslCreds: loadGax().grpc.credentials.createInsecure(),
      auth: { getUniverseDomain: async () => undefined },
    }),
  };
}

async function openRest(endpoint = GOOGLE): Promise<GcpCalls> {
  const login = endpoint.startsWith('http:')
    ? undefined
    : new (loadGax().GoogleAuth)({
        scopes: ['https://www.googleapis.com/auth/cloud-platform'],
      });

  async function send(method: string, path: string, body?: object): Promise<unknown> {
    const headers = new Headers([...((await login?.getRequestHeaders()) ?? [])]);
    headers.set('content-type', 'application/json');
    const url = `${endpoint.replace(/\/$/, '')}/v1/${path}`;
    const answer = await fetch(url, { method, headers, ...(body && { body: JSON.stringify(body) }) });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} of the secret was answered with ${answer.status}`);
    return text === '' ? {} : JSON.parse(text);
  }

  return {
    create: (parent, secretId) =>
      send('POST', `${parent}/secrets?secretId=${secretId}`, { replication: { automatic: {} } }),
    add: (parent, data) =>
      send('POST', `${parent}:addVersion`, { payload: { data: data.toString('base64') } }),
    disable: (name) => send('POST', `${name}:disable`, {}),
    remove: (name) => send('DELETE', name),
    access: (name) => send('GET', `${name}:access`),
    close: async () => undefined,
  };
}
