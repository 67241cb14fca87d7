import { format } from 'node:util';

/**
 * Notes what is printed from inside the scope, instead of printing it: on the console, on stdout and stderr, and as a
 * process warning, which Node writes to stderr past all of those.
 *
 * @returns the function that ends it
 */
export function observeOutput(isInside: () => boolean, note: (printed: string) => void): () => void {
  const onWarning = ({ name, message }: Error): void => {
    if (isInside()) note(`${name}: ${message}`);
  };
  process.on('warning', onWarning);
  const restore = [
    ...consoleMethods().map((name) => replace(console, name, (args) => catchPrinted(format(...args)))),
    replace(process.stdout, 'write', ([chunk, ...rest]) => catchPrinted(textOf(chunk), rest)),
    replace(process.stderr, 'write', ([chunk, ...rest]) => catchPrinted(textOf(chunk), rest)),
    () => void process.off('warning', onWarning),
  ];

  /** Whether it was caught. A stream's writer may wait to be told that all is written. */
  function catchPrinted(text: string, rest: readonly unknown[] = []): boolean {
    if (!isInside()) return false;
    note(text);
    const written = rest.find((argument) => typeof argument === 'function');
    if (written) process.nextTick(written);
    return true;
  }

  return () => {
    for (const undo of restore) undo();
  };
}

/** Puts a function before a method; where that gives false, the method runs as ever. */
function replace(holder: object, name: string, before: (args: readonly unknown[]) => boolean): () => void {
  const original: unknown = Reflect.get(holder, name);
  const own = Object.getOwnPropertyDescriptor(holder, name);
  Reflect.set(holder, name, (...args: unknown[]): unknown => {
    const result: unknown = before(args) || Reflect.apply(original as () => unknown, holder, args);
    return result;
  });
  return () => {
    if (own) Object.defineProperty(holder, name, own);
    else Reflect.deleteProperty(holder, name);
  };
}

function consoleMethods(): string[] {
  return Object.keys(console).filter((name) => typeof Reflect.get(console, name) === 'function');
}

function textOf(chunk: unknown): string {
  return chunk instanceof Uint8Array ? new TextDecoder().decode(chunk) : String(chunk);
}
