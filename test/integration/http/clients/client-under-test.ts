import type { KeyProvider } from '@magic-hour-keys/core';
import type { AuthorizerOptions } from '@magic-hour-keys/http';
import type { SmallInternet } from '../small-internet.ts';

export interface SentRequest {
  readonly method?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: unknown;
  readonly signal?: AbortSignal | undefined;
  /** By the client's own time limit, where it has one. */
  readonly timeoutMs?: number | undefined;
}

export interface ReceivedAnswer {
  readonly status: number;
  readonly body: string;
  /** What the client gave or threw: whatever it shows, a program may print. */
  readonly raw: unknown;
}

/** One client, ready to send. */
export interface OpenClient extends AsyncDisposable {
  /** Resolves for every answer of HTTP, also where the client throws for it. */
  send(url: string, request?: SentRequest): Promise<ReceivedAnswer>;
}

/** Leads every connection to where the test wants it. */
export type Network = Pick<SmallInternet, 'agents' | 'connect' | 'dispatcher'>;

export interface OpenOptions extends AuthorizerOptions {
  readonly internet?: Network | undefined;
}

/** A client with our adapter, as its users would set it up. */
export interface ClientUnderTest {
  readonly name: string;
  open(provider: KeyProvider, options: OpenOptions): Promise<OpenClient>;
  /** True for one that can't wait for a key. */
  readonly isSynchronous?: boolean | undefined;
  /** False for one that can't send a request twice by itself. */
  readonly replays?: boolean | undefined;
  /** True for one that gives an answer only when it has all of it, whoever wants to read less. */
  readonly readsWholeAnswers?: boolean | undefined;
  /** Bodies that it can send only once; default: a stream and the package form-data. */
  readonly onceBodies?: readonly (() => unknown)[] | undefined;
  /** True for one whose results lead to what was or would have been sent, out of the sight of what prints them. */
  readonly keepsRequest?: boolean | undefined;
  /** The class of its forms, where it takes no others. */
  readonly FormData?: typeof FormData | undefined;
  /** What it does with redirects: follows them, or gives them to the caller. */
  readonly redirects: 'followed' | 'given';
}

/** For clients that have no time limit of their own. */
export function signalOf({ signal, timeoutMs }: SentRequest): AbortSignal | undefined {
  return signal ?? (timeoutMs === undefined ? undefined : AbortSignal.timeout(timeoutMs));
}

/** Which majors could not be loaded by this Node, and why. Printed, so that nobody takes them for tested. */
export async function loadOptional(name: string): Promise<unknown> {
  try {
    return (await import(name)) as unknown;
  } catch (error) {
    const why = (error as { code?: string }).code ?? (error as Error).message;
    console.log(`not tested on Node ${process.version}: ${name} (${why})`);
    return undefined;
  }
}
