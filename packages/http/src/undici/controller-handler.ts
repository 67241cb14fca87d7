import { holdAnswer, type HeldAnswer, type HoldOptions } from './hold-answer.ts';

interface Controller {
  readonly aborted?: boolean;
  abort(reason: Error): void;
  pause(): void;
  resume(): void;
}

/** The handler of undici 7 and 8. */
export interface ControllerApi {
  onRequestStart(controller: Controller, context?: { readonly history?: readonly unknown[] }): void;
  onRequestUpgrade?(controller: Controller, status: number, headers: unknown, socket: unknown): void;
  onResponseStart?(controller: Controller, status: number, headers: unknown, statusText?: string): void;
  onResponseData?(controller: Controller, chunk: Uint8Array): void;
  onResponseEnd?(controller: Controller, trailers: unknown): void;
  onResponseError?(controller: Controller | null, error: Error): void;
  onBodySent?(chunk: unknown, total?: unknown): void;
  onRequestSent?(): void;
  onResponseStarted?(): void;
}

export class ControllerHandler implements ControllerApi {
  readonly #handler: ControllerApi;
  readonly #hold: () => HoldOptions;
  #held: HeldAnswer | undefined;
  #isStopped = false;
  #isRedirected = false;

  constructor(handler: ControllerApi, hold: () => HoldOptions) {
    this.#handler = handler;
    this.#hold = hold;
  }

  onRequestStart(controller: Controller, context?: { readonly history?: readonly unknown[] }): void {
    // The history goes on to grow: what counts is whether there is one now.
    this.#isRedirected = (context?.history?.length ?? 0) > 0;
    this.#handler.onRequestStart(controller, context);
  }

  onRequestUpgrade(controller: Controller, status: number, headers: unknown, socket: unknown): void {
    this.#handler.onRequestUpgrade?.(controller, status, headers, socket);
  }

  onResponseStart(controller: Controller, status: number, headers: unknown, statusText?: string): void {
    // A redirect may have led to another origin, without the key: that 401 says nothing about it.
    if (status !== 401 || this.#isRedirected) {
      this.#handler.onResponseStart?.(controller, status, headers, statusText);
      return;
    }
    this.#held = holdAnswer(this.#hold(), {
      resume: () => controller.resume(),
      stop: () => {
        this.#isStopped = true;
        controller.abort(new Error('the refused answer was too long to be read away'));
      },
      fail: (error) => this.#handler.onResponseError?.(controller, error as Error),
    });
    this.#held.add(() => this.#handler.onResponseStart?.(controller, status, headers, statusText));
  }

  onResponseData(controller: Controller, chunk: Uint8Array): void {
    if (!this.#held) {
      this.#handler.onResponseData?.(controller, chunk);
      return;
    }
    const wantsMore = this.#held.add(() => {
      this.#handler.onResponseData?.(controller, chunk);
    }, chunk.byteLength);
    if (!wantsMore) controller.pause();
  }

  onResponseEnd(controller: Controller, trailers: unknown): void {
    if (this.#held) this.#held.end(() => this.#handler.onResponseEnd?.(controller, trailers));
    else this.#handler.onResponseEnd?.(controller, trailers);
  }

  onResponseError(controller: Controller | null, error: Error): void {
    if (this.#held && !(controller?.aborted && !this.#isStopped)) {
      this.#held.end(() => this.#handler.onResponseError?.(controller, error));
      return;
    }
    this.#held?.abandon();
    this.#handler.onResponseError?.(controller, error);
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
