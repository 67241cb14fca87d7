import { isKeyError, KeyError, type KeyFailure } from './key-error.ts';
import type { KeySource } from './key-source.ts';

/**
 * Wraps a raw error exactly once. Only the classified fields survive: text from SDKs, parsers and response bodies is
 * never passed on.
 */
export function toKeyError(raw: unknown, source: KeySource): KeyError {
  if (isKeyError(raw)) return raw;
  return new KeyError({ source: source.name, location: source.location, ...classify(raw, source) });
}

function classify(raw: unknown, source: KeySource): KeyFailure {
  try {
    const verdict = source.classify?.(raw);
    if (typeof verdict === 'string') return { code: verdict };
    if (verdict) return pickFailure(verdict);
  } catch {
    // A classifier that throws on an error it did not expect must not hide that there was an error.
  }
  return { code: 'unknown', upstream: { name: nameOf(raw) } };
}

/** A copy of the known members, so that nothing else can ride along. */
function pickFailure({ code, hint, retryAfterMs, upstream }: KeyFailure): KeyFailure {
  return { code, hint, retryAfterMs, upstream };
}

function nameOf(raw: unknown): string | undefined {
  const name: unknown = raw instanceof Error ? raw.name : undefined;
  return typeof name === 'string' && /^[A-Za-z_]\w{0,63}$/.test(name) ? name : undefined;
}
