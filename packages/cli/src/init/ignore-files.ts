import type { IgnoreFileFacts } from './facts.ts';

/** Where a developer keeps their key: never to be committed, nor copied into an image. */
export const ENV_FILES: readonly string[] = ['.env', '.env.local'];

/** The text with the missing names at its end, in its own line endings. */
export function withMissing({ text = '', missing }: IgnoreFileFacts): string {
  const eol = /\r?\n/.exec(text)?.[0] ?? '\n';
  const gap = text === '' || text.endsWith('\n') ? '' : eol;
  return `${text}${gap}${missing.map((name) => `${name}${eol}`).join('')}`;
}
