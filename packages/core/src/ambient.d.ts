// The few globals that every runtime has: Node, Bun, Deno, edge workers. Core compiles with `"types": []` against
// this list alone, so that `Buffer`, `process` and friends cannot slip in. It is not published.

interface AbortSignal {
  readonly aborted: boolean;
  readonly reason: unknown;
  addEventListener(type: 'abort', listener: AbortListener, options?: { once?: boolean }): void;
  removeEventListener(type: 'abort', listener: AbortListener): void;
}

type AbortListener = (event: { readonly target: unknown }) => void;

interface AbortController {
  readonly signal: AbortSignal;
  abort(reason?: unknown): void;
}

declare var AbortController: { new (): AbortController };

declare class TextDecoder {
  constructor(encoding?: string, options?: { fatal?: boolean; ignoreBOM?: boolean });
  decode(input: Uint8Array): string;
}

declare class TextEncoder {
  encode(input: string): Uint8Array;
}

declare const crypto: { getRandomValues<T extends Uint8Array>(array: T): T };
declare const performance: { now(): number };

declare function setTimeout(run: () => void, ms: number): unknown;
declare function clearTimeout(timer: never): void;
