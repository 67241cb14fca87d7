import { isKeyError, KeyError, type KeyFailure } from './key-error.ts';
import type { KeySource } from './key-source.ts';
import { placeOf } from './place.ts';

/**
 * Wraps a raw error exactly once. Only the classified fields survive: text from SDKs, parsers and response bodies is
 * never passed on.
 */
export function toKeyError(raw: unknown, source: KeySource): KeyError {
  if (isKeyError(raw)) return raw;
  const { code, hint, retryAfterMs, upstream } = classify(raw, source);
  return new KeyError({ code, hint, retryAfterMs, upstream, ...placeOf(source) });
}

function classify(raw: unknown, source: KeySource): KeyFailure {
  try {
    const verdict = source.classify?.(raw);
    if (verdict) return typeof verdict === 'string' ? { code: verdict } : verdict;
  } catch {
    // A classifier that throws on an error it did not expect must not hide that there was an error.
  }
  return { code: 'unknown', upstream: { name: classNameOf(raw) } };
}

function classNameOf(raw: unknown): string | undefined {
  try {
    return raw instanceof Error ? raw.name : undefined;
  } catch {
    // A proxy or a getter that throws: what it throws is as foreign as the error itself.
    return undefined;
  }
}
