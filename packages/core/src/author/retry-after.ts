const LONGEST_MS = 24 * 60 * 60 * 1000;
const SECONDS = /^\d+(\.\d+)?$/;
/** All three date forms of RFC 9110 begin with a day's name. `Date.parse` alone takes `-5` and `1 2` for dates. */
const HTTP_DATE = /^(mon|tue|wed|thu|fri|sat|sun)[a-z]*,? .*\d\d:\d\d:\d\d/i;

/**
 * A `Retry-After` header (RFC 9110 section 10.2.3) in milliseconds from now, between 0 and one day.
 *
 * @param wallMs the wall clock now, to which an HTTP date is compared; a date in the past gives 0
 * @returns undefined for no header, and for anything that is neither seconds nor a date
 */
export function parseRetryAfter(header: string | null | undefined, wallMs: number): number | undefined {
  const text = header?.trim() ?? '';
  if (SECONDS.test(text)) return clamp(Number(text) * 1000);
  if (!HTTP_DATE.test(text)) return undefined;
  // The asctime form names no zone. It means UTC, while Date.parse would take local time.
  const at = Date.parse(/ GMT$/i.test(text) ? text : `${text} GMT`);
  return Number.isNaN(at) ? undefined : clamp(at - wallMs);
}

function clamp(ms: number): number {
  return Math.min(Math.max(Math.ceil(ms), 0), LONGEST_MS);
}
