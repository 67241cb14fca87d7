import { relative } from 'node:path';
import { isLeftOut } from '../../project/ignore-rules.ts';
import type { Check, DoctorFacts, ImageFacts } from '../facts.ts';
import type { Finding } from '../finding.ts';
import { appendTo } from '../quote-for-shell.ts';
import { linksOf } from './links-of.ts';

/** What a Dockerfile bakes into an image, where everybody who has the image finds it. */
export const images: Check = (facts) =>
  facts.images.flatMap((image) => [...judgeCopies(image, facts), ...judgeVariables(image, facts)]);

function judgeCopies(image: ImageFacts, { keyFiles, project }: DoctorFacts): readonly Finding[] {
  const copied = copiedPaths(image.text);
  return keyFiles
    .filter(({ holdsKey, exists }) => exists && holdsKey)
    .map(({ path }) => relative(project.folder, path).replaceAll('\\', '/'))
    .filter((path) => copied.some((pattern) => isEverything(pattern) || isLeftOut(path, pattern, 'docker')))
    .filter((path) => !path.startsWith('..') && !isLeftOut(path, image.ignoreRules, 'docker'))
    .map((path) => ({
      id: 'env-file-in-image',
      level: 'error',
      title: `${image.file} copies ${path} with its key into the image`,
      fix: appendTo(image.ignoreFile, path),
      at: image.file,
    }));
}

/** What `COPY` and `ADD` take from the folder, not from another stage. */
function copiedPaths(dockerfile: string): readonly string[] {
  return [...dockerfile.replaceAll(/\\\r?\n/g, ' ').matchAll(/^\s*(?:COPY|ADD)\s+(.+)$/gim)].flatMap(
    ([, rest = '']) => {
      const words = rest
        .replaceAll(/["'[\],]/g, ' ')
        .split(/\s+/)
        .filter(Boolean);
      if (words.some((word) => word.startsWith('--from='))) return [];
      return words.filter((word) => !word.startsWith('--')).slice(0, -1);
    },
  );
}

function isEverything(pattern: string): boolean {
  return /^\.?\/?$/.test(pattern);
}

/** `ARG` and `ENV` are kept in the image's history. */
function judgeVariables(image: ImageFacts, facts: DoctorFacts): readonly Finding[] {
  const names = new Set([
    'MAGIC_HOUR_API_KEY',
    ...linksOf(facts).flatMap(({ link }) =>
      link.credentialVariables.filter(({ secret }) => secret).map(({ name }) => name),
    ),
  ]);
  return [...image.text.matchAll(/^\s*(ARG|ENV)\s+(.*)$/gim)].flatMap(([, kind = '', rest = '']) =>
    [...names]
      .filter((name) => new RegExp(String.raw`(?:^|\s)${name}(?:[=\s]|$)`).test(rest))
      .map((name) => ({
        id: 'key-in-image',
        level: 'error' as const,
        title: `${image.file} takes ${name} by ${kind.toUpperCase()}, and the image keeps its value`,
        fix: `Set ${name} when the container starts; what only the build needs belongs in RUN --mount=type=secret,id=${name}`,
        at: image.file,
      })),
  );
}
