import { Console } from 'node:console';
import { Writable } from 'node:stream';
import { format, inspect } from 'node:util';
import type { InspectOptions } from 'node:util';
import { serialize } from 'node:v8';
import { attempt, property, showThrown } from './attempt.ts';
import type { Sink } from './attempt.ts';
import { bytesOf, textsOfBytes } from './text-of-bytes.ts';
import { walkValue } from './walk-value.ts';
import { withoutDeprecations } from './without-deprecations.ts';

/** Every text that a value gives away. */
export interface CollectedSinks {
  readonly sinks: readonly Sink[];
  /** False when the value holds more than could be read: then a clean search proves nothing. */
  readonly complete: boolean;
}

const EVERYTHING: InspectOptions = {
  depth: Infinity,
  showHidden: true,
  maxArrayLength: null,
  maxStringLength: null,
};

/**
 * Shows the value everywhere a program might print, log, send or copy it. A text or bytes are taken as they are.
 * Never throws: what a hostile value throws is collected too. It runs the value's own conversions and getters.
 */
export function collectSinks(value: unknown): CollectedSinks {
  if (typeof value === 'string') return { sinks: [{ name: 'text', text: value }], complete: true };
  const bytes = bytesOf(value);
  if (bytes) return { sinks: byteSinks('bytes', bytes), complete: true };
  return withoutDeprecations(() => collectFrom(value));
}

function collectFrom(value: unknown): CollectedSinks {
  const walk = walkValue(value);
  const sinks = [
    ...textSinks(value),
    ...inspectSinks(value),
    ...formatSinks(value),
    ...copySinks(value),
    ...consoleSinks(value),
    ...walk.sinks,
  ];
  return { sinks, complete: walk.complete };
}

function textSinks(value: unknown): Sink[] {
  return [
    attempt('String', () => String(value)),
    attempt('template', () => Reflect.apply(intoTemplate, undefined, [value])),
    attempt('concatenation', () => Reflect.apply(concatenate, undefined, [value])),
    attempt('message', () => property(value, 'message')),
    attempt('stack', () => property(value, 'stack')),
  ];
}

// Written for text and called with anything: that is how values get into messages.
function intoTemplate(value: string): string {
  return `value: ${value}`;
}

function concatenate(value: string): string {
  return 'value: ' + value;
}

function inspectSinks(value: unknown): Sink[] {
  return [
    attempt('inspect', () => inspect(value)),
    attempt('inspect everything', () => inspect(value, EVERYTHING)),
    attempt('inspect everything, not as customized', () =>
      inspect(value, { ...EVERYTHING, customInspect: false, showProxy: true }),
    ),
    attempt('inspect as cause', () => inspect(new Error('outer', { cause: value }))),
  ];
}

function formatSinks(value: unknown): Sink[] {
  const placeholders = ['%s', '%d', '%i', '%f', '%j', '%o', '%O'];
  return placeholders.map((placeholder) =>
    attempt(`format ${placeholder}`, () => format(placeholder, value)),
  );
}

function copySinks(value: unknown): Sink[] {
  return [
    attempt('JSON.stringify', () => JSON.stringify(value)),
    attempt('JSON.stringify of hidden members', () => JSON.stringify(value, createOpenReplacer())),
    attempt('structuredClone', () => inspect(structuredClone(value), EVERYTHING)),
    ...serializeSinks(value),
  ];
}

function serializeSinks(value: unknown): Sink[] {
  let bytes: Uint8Array;
  try {
    bytes = serialize(value);
  } catch (error) {
    return [showThrown('v8.serialize', error)];
  }
  return byteSinks('v8.serialize', bytes);
}

function byteSinks(name: string, bytes: Uint8Array): Sink[] {
  return textsOfBytes(bytes).map(({ encoding, text }) => ({ name: `${name} as ${encoding}`, text }));
}

function consoleSinks(value: unknown): Sink[] {
  return [
    attempt('console.log', () => captureConsole((console) => console.log(value))),
    attempt('console.error', () => captureConsole((console) => console.error('failed:', value))),
    attempt('console.table', () => captureConsole((console) => console.table(value))),
    attempt('console.table of rows', () => captureConsole((console) => console.table([value]))),
    attempt('console.dir', () => captureConsole((console) => console.dir(value, EVERYTHING))),
    attempt('console.trace', () => captureConsole((console) => console.trace(value))),
  ];
}

function captureConsole(print: (console: Console) => void): string {
  const printed: string[] = [];
  const stream = new Writable({
    decodeStrings: false,
    write(chunk, _encoding, done) {
      printed.push(String(chunk));
      done();
    },
  });
  print(new Console({ stdout: stream, stderr: stream }));
  return printed.join('');
}

/** For JSON: shows members that are not enumerable, such as an error's message, and cuts cycles. */
function createOpenReplacer(): (key: string, value: unknown) => unknown {
  const seen = new WeakSet<object>();
  return (_key, value) => {
    if (typeof value !== 'object' || value === null) return value;
    if (seen.has(value)) return '[seen]';
    seen.add(value);
    const isList: boolean = Array.isArray(value);
    if (isList) return value;
    const names = Object.getOwnPropertyNames(value);
    return Object.fromEntries(names.map((name) => [name, property(value, name)]));
  };
}
