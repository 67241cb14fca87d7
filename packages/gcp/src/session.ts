import type { SecretManagerServiceClient } from '@google-cloud/secret-manager';
import { countRequests, untilAborted } from '@magic-hour-keys/core/author';
import { createAuth } from './auth/create-auth.ts';
import { closeClient } from './close-client.ts';
import { createClient, isPlainGrpc } from './create-client.ts';
import { toLoginError, unwrapOurs } from './error-facts.ts';
import { loadSdk, type LoginFinder } from './load-sdk.ts';
import type { GcpClient, GcpSettings, GcpTransport } from './options.ts';

/** One client of the SDK, with one login. */
export interface GcpSession {
  /** Finds the credentials and fetches a token, at once when they are known already. The SDK has no way to abort it. */
  logIn(): Promise<void>;
  access(name: string, signal: AbortSignal): Promise<unknown>;
  /** Closes the connections, as soon as no request is under way. A client that was handed in stays open. */
  end(): void;
}

type Headers = Readonly<Record<string, string>>;
/** What the SDK's own methods call: here a call can be cancelled, in every version of the SDK, and logs nothing. */
type InnerCall = (request: { name: string }, options: object) => Promise<unknown> & { cancel?(): void };

/**
 * The SDK's own default. The signal ends a call sooner; this is for the server, which gRPC tells of it. REST tells
 * nobody, and version 7 leaves a timer of that length behind for each call.
 */
const LIMITS_MS = { grpc: 60_000, rest: Infinity } as const;
const AUDIENCE = 'https://secretmanager.googleapis.com/';

/** Loads the SDK, reads the credentials where they are named, and makes the client. */
export async function openSession(settings: GcpSettings): Promise<GcpSession> {
  if (settings.client) return useClient(settings.client);
  const sdk = await loadSdk(settings.location);
  const auth = await createAuth(sdk.gax, settings);
  const fetching = settings.transport === 'rest' ? await replaceFetch(auth, settings) : undefined;
  const client = createClient(sdk, auth, settings);
  let headers: Headers = {};
  const requests = countRequests(() => {
    fetching?.close();
    // Nothing is left to be told of a connection that could not even be made.
    closeClient(client).catch(() => undefined);
  });
  return {
    async logIn() {
      headers = await asLogin(() => fetchHeaders(auth));
      // Without a login its methods throw a second time where nobody can catch it (google-cloud-node#4747).
      await asLogin(async () => void (await client.initialize()));
    },
    access: (name, signal) =>
      requests.count(
        callOnce(innerCallOf(client), name, isPlainGrpc(settings) ? headers : {}, {
          transport: settings.transport,
          signal,
        }),
      ),
    end: () => requests.end(),
  };
}

function useClient(client: GcpClient): GcpSession {
  return {
    logIn: () => asLogin(async () => void (await client.initialize?.())),
    access: (name, signal) => callOnce(innerCallOf(client), name, {}, { transport: 'grpc', signal }),
    end: () => undefined,
  };
}

async function callOnce(
  call: InnerCall,
  name: string,
  headers: Headers,
  { transport, signal }: { readonly transport: GcpTransport; readonly signal: AbortSignal },
): Promise<unknown> {
  // Fresh each time, because the SDK writes into its options.
  const calling = call(
    { name },
    {
      timeout: LIMITS_MS[transport],
      retry: null,
      signal,
      otherArgs: { headers: { ...headers, 'x-goog-request-params': `name=${encodeURIComponent(name)}` } },
    },
  );
  const cancel = (): void => calling.cancel?.();
  signal.addEventListener('abort', cancel, { once: true });
  try {
    const answer: unknown = await untilAborted(calling, signal);
    return Array.isArray(answer) ? answer[0] : answer;
  } catch (raw) {
    throw unwrapOurs(raw);
  } finally {
    signal.removeEventListener('abort', cancel);
  }
}

/** A wrapper around a client need not have the inner call. */
function innerCallOf(client: GcpClient | SecretManagerServiceClient): InnerCall {
  const inner = (client as Partial<SecretManagerServiceClient>).innerApiCalls?.['accessSecretVersion'];
  if (typeof inner === 'function') return inner as InnerCall;
  return (request, options) => client.accessSecretVersion(request, options);
}

async function replaceFetch(auth: LoginFinder, { location }: GcpSettings): Promise<{ close(): void }> {
  // Loaded here, because few need it.
  const { createRestFetch } = await import('./rest-fetch.ts');
  const rest = createRestFetch(location, () => asLogin(() => fetchHeaders(auth)));
  return Object.assign(auth, { fetch: rest.fetch, close: rest.close });
}

async function fetchHeaders(auth: LoginFinder): Promise<Headers> {
  const client = await auth.getClient();
  const headers = await client.getRequestHeaders(AUDIENCE);
  return Object.fromEntries(isIterable(headers) ? headers : Object.entries(Object(headers) as Headers));
}

function isIterable(value: unknown): value is Iterable<[string, string]> {
  return typeof value === 'object' && value !== null && Symbol.iterator in value;
}

async function asLogin<Result>(logIn: () => Promise<Result>): Promise<Result> {
  try {
    return await logIn();
  } catch (raw) {
    throw toLoginError(raw);
  }
}
