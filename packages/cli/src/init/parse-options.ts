import { createProblem } from '../cli-problem.ts';
import { EXIT } from '../exit-codes.ts';

/** What is written elsewhere: `--source` and `--env` say it, and so decide what else is asked. */
const NOT_HERE: ReadonlySet<string> = new Set([
  'source',
  'firstFound',
  'extends',
  '__proto__',
  'constructor',
]);

/** As it was typed: text. */
export type TypedOptions = Readonly<Record<string, unknown>>;

/**
 * `['region=us-east-1', 'auth.method=profile']` as an object. Texts stay texts here: `readRefused` makes numbers,
 * switches and lists of those that have to be some.
 *
 * @throws CliProblem `usage`
 */
export function parseOptions(given: readonly string[]): TypedOptions {
  const options: Record<string, unknown> = {};
  for (const written of given) {
    const at = written.indexOf('=');
    const path = written.slice(0, Math.max(at, 0)).split('.');
    if (!path.every((name) => /^[A-Za-z]\w*$/.test(name))) {
      throw createProblem(
        'usage',
        EXIT.usage,
        '--option takes NAME=VALUE',
        'Such as: --option region=us-east-1',
      );
    }
    if (path.some((name) => NOT_HERE.has(name))) {
      const hint = 'The source is named by --source; chains and `extends` are written by hand.';
      throw createProblem('usage', EXIT.usage, '--option takes the options of one source', hint);
    }
    put(options, path, written.slice(at + 1));
  }
  return options;
}

function put(options: Record<string, unknown>, [name = '', ...rest]: readonly string[], value: string): void {
  if (rest.length === 0) {
    options[name] = value;
    return;
  }
  const inner = options[name];
  const next: Record<string, unknown> = isObject(inner) ? inner : {};
  options[name] = next;
  put(next, rest, value);
}

/**
 * The same options, with each text that was refused read as JSON instead, where it can be: `5` stays the text that a
 * version of Google is, and becomes the number that one of Vault is.
 *
 * @param refused JSON pointers, such as `/fips`
 */
export function readRefused(options: TypedOptions, refused: ReadonlySet<string>, pointer = ''): TypedOptions {
  return Object.fromEntries(
    Object.entries(options).map(([name, value]) => {
      const place = `${pointer}/${name}`;
      if (isObject(value)) return [name, readRefused(value, refused, place)];
      return [name, refused.has(place) ? readJson(value) : value];
    }),
  );
}

function readJson(value: unknown): unknown {
  try {
    return JSON.parse(String(value));
  } catch {
    return value;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
