const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `"500ms"`, `"10s"`, `"10m"`, `"6h"`, `"90d"`; nothing else, so that nobody has to guess the unit. */
export const DURATION: RegExp = /^\d{1,9}(?:ms|s|m|h|d)$/;
/** The same, but not 0. */
export const DURATION_ABOVE_ZERO: RegExp = /^0*[1-9]\d{0,8}(?:ms|s|m|h|d)$/;

/** Milliseconds. The text has been checked against `DURATION` before. */
export function parseDuration(text: string): number {
  const [, amount, unit] = /^(\d+)([a-z]+)$/.exec(text) ?? [];
  return Number(amount) * (UNITS[unit ?? ''] ?? Number.NaN);
}
