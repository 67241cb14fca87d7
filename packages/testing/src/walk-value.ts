import { types } from 'node:util';
import { attempt, showThrown } from './attempt.ts';
import type { Sink } from './attempt.ts';
import { bytesOf, textsOfBytes } from './text-of-bytes.ts';

/** Every text that can be reached from a value by reading. */
export interface Walk {
  readonly sinks: readonly Sink[];
  /** False when there was more than the walk was ready to read. */
  readonly complete: boolean;
}

/** Many times what an SDK's error holds. */
const MOST_VALUES = 100_000;
const LONGEST_PATH = 120;

/** Reachable from anywhere, so that finding a secret there would say nothing about the value. */
const AMBIENT: readonly object[] = [
  globalThis,
  process,
  Object.prototype,
  Function.prototype,
  Array.prototype,
  String.prototype,
];

interface Step {
  readonly path: string;
  readonly value: unknown;
  /** Its getters are run on the objects that inherit them, never on the prototype itself. */
  readonly isPrototype?: boolean;
}

/**
 * Reads own properties whatever they are called and however they are hidden, names and symbols, prototypes and their
 * getters, maps, sets and bytes; so `cause`, `errors` and `suppressed` too. It calls getters, but no method.
 */
export function walkValue(root: unknown): Walk {
  const sinks: Sink[] = [];
  const seen = new WeakSet<object>(AMBIENT);
  const ahead: Step[] = [{ path: 'walk ', value: root }];

  // The list grows while it is read: nearer values come first, and no deep value can overflow the stack.
  for (const step of ahead) {
    if (ahead.length > MOST_VALUES) return { sinks, complete: false };
    const { path, value } = step;
    if (typeof value === 'string') sinks.push({ name: path, text: value });
    if (typeof value === 'symbol') sinks.push(attempt(path, () => value.description));
    if (!isObject(value) || seen.has(value)) continue;
    seen.add(value);
    for (const next of stepsFrom(value, step, sinks)) if (holdsText(next.value)) ahead.push(next);
  }
  return { sinks, complete: true };
}

function* stepsFrom(value: object, { path, isPrototype }: Step, sinks: Sink[]): Generator<Step> {
  const bytes = bytesOf(value);
  if (bytes) {
    for (const { encoding, text } of textsOfBytes(bytes))
      sinks.push({ name: `${path} (as ${encoding})`, text });
    return;
  }
  yield* entrySteps(value, path);
  for (const key of keysOf(value, path, sinks)) {
    if (!isIndex(key)) yield { path: join(path, '(name)'), value: key };
    if (!(isPrototype && isGetter(value, key))) yield* readStep(value, key, value, path, sinks);
  }
  if (!isPrototype) yield* inheritedSteps(value, path, sinks);
}

function entrySteps(value: object, path: string): Step[] {
  const steps: Step[] = [];
  const note = (entry: unknown, key: unknown): void => {
    steps.push(
      { path: join(path, '(entry)'), value: entry },
      { path: join(path, '(entry name)'), value: key },
    );
  };
  if (types.isMap(value)) Map.prototype.forEach.call(value, note);
  if (types.isSet(value)) Set.prototype.forEach.call(value, note);
  return steps;
}

function* inheritedSteps(value: object, path: string, sinks: Sink[]): Generator<Step> {
  const passed = new Set<object>(AMBIENT);
  for (let from = prototypeOf(value); from && !passed.has(from); from = prototypeOf(from)) {
    passed.add(from);
    yield { path: join(path, '(prototype)'), value: from, isPrototype: true };
    for (const key of keysOf(from, path, sinks)) {
      if (isGetter(from, key)) yield* readStep(value, key, from, path, sinks);
    }
  }
}

function* readStep(
  value: object,
  key: PropertyKey,
  from: object,
  path: string,
  sinks: Sink[],
): Generator<Step> {
  const name = join(path, nameOf(key));
  let held: unknown;
  try {
    held = Reflect.get(from, key, value);
    if (isGetter(from, key)) calm(held);
  } catch (error) {
    sinks.push(showThrown(name, error));
    return;
  }
  // What hangs on a class belongs to every value of it, and leads to all of its library.
  if (key === 'constructor' && typeof held === 'function') return;
  yield { path: name, value: held };
}

/** A getter may make a promise that fails; that must not end the process. */
function calm(held: unknown): void {
  if (types.isPromise(held)) void Promise.prototype.then.call(held, undefined, () => {});
}

function keysOf(value: object, path: string, sinks: Sink[]): PropertyKey[] {
  try {
    return Reflect.ownKeys(value);
  } catch (error) {
    sinks.push(showThrown(`${path} (its names)`, error));
    return [];
  }
}

function isGetter(value: object, key: PropertyKey): boolean {
  try {
    return Reflect.getOwnPropertyDescriptor(value, key)?.get !== undefined;
  } catch {
    return false;
  }
}

function prototypeOf(value: object): object | null {
  try {
    return Reflect.getPrototypeOf(value);
  } catch {
    return null;
  }
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

function holdsText(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'symbol' || isObject(value);
}

function isIndex(key: PropertyKey): boolean {
  return typeof key === 'string' && /^\d+$/.test(key);
}

function nameOf(key: PropertyKey): string {
  return typeof key === 'symbol' ? `[${key.description ?? 'symbol'}]` : String(key);
}

/** What is near the text is what a reader needs, and a long chain of causes must not make long names. */
function join(path: string, name: string): string {
  const joined = `${path}.${name}`;
  return joined.length <= LONGEST_PATH ? joined : `walk …${joined.slice(-LONGEST_PATH)}`;
}
