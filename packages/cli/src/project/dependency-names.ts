import { isRecord } from './read-files.ts';

const KINDS = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies'];

/** What a package.json depends on, of every kind. */
export function dependencyNames(manifest: Readonly<Record<string, unknown>> = {}): ReadonlySet<string> {
  return new Set(
    KINDS.flatMap((kind) => {
      const ranges = manifest[kind];
      return isRecord(ranges) ? Object.keys(ranges) : [];
    }),
  );
}
