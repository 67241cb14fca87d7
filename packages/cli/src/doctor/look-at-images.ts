import { join } from 'node:path';
import { readNames, readText } from '../project/read-files.ts';
import type { ImageFacts } from './facts.ts';

const DOCKERFILE = /^(?:.+\.)?(?:Docker|Container)file(?:\..+)?$/;

/** The Dockerfiles of the folder, each with the ignore file that Docker takes for it. */
export function lookAtImages(folder: string): readonly ImageFacts[] {
  return readNames(folder)
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
