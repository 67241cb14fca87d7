import { holdAnswer, type HeldAnswer, type HoldOptions } from './hold-answer.ts';

type Abort = (reason?: Error) => void;
type Resume = () => void;

/** The handler of undici 6, and of the fetch that is built into Node. */
export interface LegacyApi {
  onConnect?(abort: Abort, context?: { readonly history?: readonly unknown[] }): void;
  onHeaders?(status: number, headers: unknown, resume: Resume, statusText?: string): boolean;
  onData?(chunk: Uint8Array): boolean;
  onComplete?(trailers: unknown): void;
  onError?(error: Error): void;
  onUpgrade?(status: number, headers: unknown, socket: unknown): void;
  onBodySent?(chunk: unknown, total?: unknown): void;
  onRequestSent?(): void;
  onResponseStarted?(): void;
}

export class LegacyHandler implements LegacyApi {
  readonly #handler: LegacyApi;
  readonly #hold: () => HoldOptions;
  #held: HeldAnswer | undefined;
  #abort: Abort | undefined;
  #isAborted = false;
  #isRedirected = false;

  constructor(handler: LegacyApi, hold: () => HoldOptions) {
    this.#handler = handler;
    this.#hold = hold;
  }

  onConnect(abort: Abort, context?: { readonly history?: readonly unknown[] }): void {
    // The history goes on to grow: what counts is whether there is one now.
    this.#isRedirected = (context?.history?.length ?? 0) > 0;
    this.#abort = abort;
    const noticed: Abort = (reason) => {
      this.#isAborted = true;
      abort(reason);
    };
    this.#handler.onConnect?.(noticed, context);
  }

  onHeaders(status: number, headers: unknown, resume: Resume, statusText?: string): boolean {
    // A redirect may have led to another origin, without the key: that 401 says nothing about it.
    if (status !== 401 || this.#isRedirected) {
      return this.#handler.onHeaders?.(status, headers, resume, statusText) ?? true;
    }
    this.#held = holdAnswer(this.#hold(), {
      resume,
      stop: () => this.#abort?.(),
      fail: (error) => this.#handler.onError?.(error as Error),
    });
    return this.#held.add(() => this.#handler.onHeaders?.(status, headers, resume, statusText) ?? true);
  }

  onData(chunk: Uint8Array): boolean {
    if (!this.#held) return this.#handler.onData?.(chunk) ?? true;
    return this.#held.add(() => this.#handler.onData?.(chunk), chunk.byteLength);
  }

  onComplete(trailers: unknown): void {
    if (this.#held) this.#held.end(() => this.#handler.onComplete?.(trailers));
    else this.#handler.onComplete?.(trailers);
  }

  onError(error: Error): void {
    if (this.#held && !this.#isAborted) {
      this.#held.end(() => this.#handler.onError?.(error));
      return;
    }
    this.#held?.abandon();
    this.#handler.onError?.(error);
  }

  onUpgrade(status: number, headers: unknown, socket: unknown): void {
    this.#handler.onUpgrade?.(status, headers, socket);
  }

  onBodySent(chunk: unknown, total?: unknown): void {
    this.#handler.onBodySent?.(chunk, total);
  }

  onRequestSent(): void {
    this.#handler.onRequestSent?.();
  }

  onResponseStarted(): void {
    this.#handler.onResponseStarted?.();
  }
}
