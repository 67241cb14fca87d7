import { DEEPEST } from './parse-jsonc.ts';
import { below, type ProblemList } from './problem.ts';
import { looksLikeKey, TAKE_OUT } from './show-name.ts';

/** Names by which a merge could reach the prototype of every object. */
const DANGEROUS_NAMES: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);
/** Control characters, and those that turn the direction of text: locations are printed in terminals and logs. */
const UNPRINTABLE = /[\p{Cc}\p{Cs}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u;
/** A cycle ends at the depth; objects that refer to one another in many ways end here. */
const MOST_VALUES = 20_000;

/**
 * A frozen copy without prototypes of what may be anything: JSON data and nothing else, without an API key anywhere.
 * What is refused is told as a problem and left out of the copy, so that nothing can print it later.
 */
export function copyPlain(input: unknown, problems: ProblemList): unknown {
  let count = 0;

  function copy(value: unknown, pointer: string, depth: number): unknown {
    count += 1;
    if (depth > DEEPEST) return refuse(pointer, `is nested deeper than ${DEEPEST} levels`);
    if (count > MOST_VALUES) return refuse('', `has more than ${MOST_VALUES} values`);
    if (typeof value === 'string') return copyText(value, pointer);
    if (value === null || typeof value === 'boolean' || typeof value === 'number') return value;
    if (Array.isArray(value)) return copyList(value, pointer, depth);
    if (isOfNoClass(value)) return copyObject(value, pointer, depth);
    return refuse(pointer, 'must be JSON data: text, a number, true, false, null, a list or a plain object');
  }

  function copyText(text: string, pointer: string): string | undefined {
    if (looksLikeKey(text)) return refuse(pointer, `holds what looks like an API key; ${TAKE_OUT}`);
    if (isUnprintable(text)) return refuse(pointer, 'has a character that can not be printed');
    return text;
  }

  function copyList(list: readonly unknown[], pointer: string, depth: number): unknown {
    if (list.length > MOST_VALUES) return refuse(pointer, `has more than ${MOST_VALUES} values`);
    return Object.freeze(Array.from(list, (item, index) => copy(item, below(pointer, index), depth + 1)));
  }

  function copyObject(object: object, pointer: string, depth: number): unknown {
    const result = Object.create(null) as Record<string, unknown>;
    for (const [name, member] of Object.entries(Object.getOwnPropertyDescriptors(object))) {
      const place = below(pointer, name);
      if (looksLikeKey(name)) {
        refuse(place, `has a name that looks like an API key; ${TAKE_OUT}`);
      } else if (DANGEROUS_NAMES.has(name)) {
        refuse(place, 'has a name that is refused, because it could change every object');
      } else if ('get' in member) {
        refuse(place, 'must be data, not a getter');
      } else if (member.value !== undefined) {
        result[name] = copy(member.value, place, depth + 1);
      }
    }
    return Object.freeze(result);
  }

  function refuse(pointer: string, message: string): undefined {
    problems.add(pointer, message);
  }

  return copy(input, '', 1);
}

export function isUnprintable(text: string): boolean {
  return UNPRINTABLE.test(text);
}

/** Also an object from another realm, as test runners have them, and one without a prototype. */
function isOfNoClass(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
