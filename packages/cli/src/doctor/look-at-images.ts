import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ImageFacts } from './facts.ts';
import { readText } from './find-project.ts';

const DOCKERFILE = /^(?:.+\.)?(?:Docker|Container)file(?:\..+)?$/;

/** The Dockerfiles of the folder, each with the ignore file that Docker takes for it. */
export function lookAtImages(folder: string): readonly ImageFacts[] {
  return namesIn(folder)
    .filter((name) => DOCKERFILE.test(name) && !name.endsWith('.dockerignore'))
    .map((file) => {
      const ignoreFile =
        [`${file}.dockerignore`, '.dockerignore'].find(
          (name) => readText(join(folder, name)) !== undefined,
        ) ?? '.dockerignore';
      return {
        file,
        text: readText(join(folder, file)) ?? '',
        ignoreFile,
        ignoreRules: readText(join(folder, ignoreFile)) ?? '',
      };
    });
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
