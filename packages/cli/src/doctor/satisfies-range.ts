type Version = readonly [major: number, minor: number, patch: number];
type Test = (version: Version) => boolean;

/**
 * Whether a version is in a range as npm writes them: `^1.2.0 || >=2.0.1 <3`, `>= 18`, `20.x`, `1.2 - 2`. A pre-release
 * counts as its release. Undefined for what can't be understood, so that nobody is told anything wrong.
 */
export function satisfiesRange(version: string, range: string): boolean | undefined {
  const wanted = parseVersion(version);
  const sets = range.split('||').map(parseSet);
  if (wanted === undefined || sets.includes(undefined)) return undefined;
  return sets.some((tests) => tests?.every((test) => test(wanted)));
}

function parseSet(text: string): readonly Test[] | undefined {
  const simple = text
    .trim()
    .replace(/^(\S+)\s+-\s+(\S+)$/, '>=$1 <=$2')
    .replaceAll(/([<>]=?|[~^=])\s+/g, '$1')
    .split(/\s+/)
    .filter((part) => part !== '');
  const tests = simple.map(parseComparator);
  return tests.includes(undefined) ? undefined : (tests as readonly Test[]);
}

const PARTIAL = /^(<=?|>=?|\^|~|=)?v?(\d+|[xX*])(?:\.(\d+|[xX*]))?(?:\.(\d+|[xX*]))?(?:[-+][\w.+-]*)?$/;

function parseComparator(text: string): Test | undefined {
  const found = PARTIAL.exec(text);
  if (!found) return undefined;
  const parts = found
    .slice(2)
    .map((part) => (part === undefined || /\D/.test(part) ? undefined : Number(part)));
  const lowest: Version = [parts[0] ?? 0, parts[1] ?? 0, parts[2] ?? 0];
  const given = parts.includes(undefined) ? parts.indexOf(undefined) : 3;
  switch (found[1] ?? '=') {
    case '>=':
      return (version) => compare(version, lowest) >= 0;
    case '>':
      return (version) => compare(version, raise(lowest, given - 1)) >= 0;
    case '<':
      return (version) => compare(version, lowest) < 0;
    case '<=':
      return (version) => compare(version, raise(lowest, given - 1)) < 0;
    case '^':
      return between(lowest, Math.min(firstAboveZero(lowest), Math.max(given - 1, 0)));
    case '~':
      return between(lowest, Math.min(1, given - 1));
    default:
      return given === 0 ? () => true : between(lowest, given - 1);
  }
}

/** From the lowest version up to the next one at that place, without it. */
function between(lowest: Version, place: number): Test {
  const end = raise(lowest, place);
  return (version) => compare(version, lowest) >= 0 && compare(version, end) < 0;
}

/** The first version in which that part is higher; everything, where there is no such part. */
function raise([major, minor, patch]: Version, place: number): Version {
  if (place < 0) return [Infinity, 0, 0];
  if (place === 0) return [major + 1, 0, 0];
  return place === 1 ? [major, minor + 1, 0] : [major, minor, patch + 1];
}

/** A caret holds the first number that is not 0. */
function firstAboveZero(version: Version): number {
  const at = version.findIndex((part) => part > 0);
  return at < 0 ? 2 : at;
}

function compare(one: Version, other: Version): number {
  const at = one.findIndex((part, index) => part !== other[index]);
  return at < 0 ? 0 : (one[at] ?? 0) - (other[at] ?? 0);
}

function parseVersion(text: string): Version | undefined {
  const found = /^v?(\d+)\.(\d+)\.(\d+)/.exec(text.trim());
  return found ? [Number(found[1]), Number(found[2]), Number(found[3])] : undefined;
}
