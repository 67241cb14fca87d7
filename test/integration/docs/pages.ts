// What the tests of the documentation read: Markdown files with their fenced blocks, headings and links.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root: string = fileURLToPath(new URL('../../..', import.meta.url));

export interface Block {
  /** From the root, with the line: `docs/README.md:12`. */
  readonly place: string;
  readonly page: string;
  /** The first word after the fence, such as `json`; empty where there is none. */
  readonly language: string;
  /** The second one, such as `app.mjs`. */
  readonly name: string;
  readonly text: string;
}

export interface Page {
  /** From the root. */
  readonly path: string;
  /** Without the fenced blocks. */
  readonly prose: string;
  readonly blocks: readonly Block[];
}

/** Markdown that is committed, or would be by the next `git add`. */
export function listMarkdown(): readonly string[] {
  const list = ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '*.md', 'llms.txt'];
  const paths = execFileSync('git', list, { cwd: root, encoding: 'utf8' }).split('\0');
  return [...new Set(paths)].filter((path) => path !== '' && existsSync(join(root, path))).toSorted();
}

/** The pages whose snippets are checked: all of docs/, and what a reader meets first. */
export function listPages(): readonly Page[] {
  const isChecked = (path: string): boolean =>
    path.startsWith('docs/') || path === 'README.md' || path === 'llms.txt';
  return listMarkdown().filter(isChecked).map(readPage);
}

export function readPage(path: string): Page {
  const blocks: Block[] = [];
  let prose = '';
  let open: { fence: string; place: string; words: readonly string[]; lines: string[] } | undefined;
  for (const [index, line] of readFileSync(join(root, path), 'utf8').split('\n').entries()) {
    const [, indent = '', fence, info = ''] = /^(\s*)(`{3,})(.*)$/.exec(line) ?? [];
    if (open && fence !== undefined && fence.length >= open.fence.length && info.trim() === '') {
      const [language = '', name = ''] = open.words;
      blocks.push({ place: open.place, page: path, language, name, text: `${open.lines.join('\n')}\n` });
      open = undefined;
    } else if (open) {
      open.lines.push(line);
    } else if (fence !== undefined && indent.length <= 3) {
      open = { fence, place: `${path}:${index + 1}`, words: info.trim().split(/\s+/), lines: [] };
    } else {
      prose += `${line}\n`;
    }
  }
  if (open) throw new Error(`${open.place}: the block has no end`);
  return { path, prose, blocks };
}

/** As GitHub makes them: lower case, without punctuation, numbered where one is there twice. */
export function listAnchors({ prose }: Page): ReadonlySet<string> {
  const anchors = new Set<string>();
  for (const [, heading = ''] of prose.matchAll(/^#{1,6} (.+)$/gm)) {
    const text = heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase();
    const slug = text
      .trim()
      .replaceAll(/[^\p{L}\p{N}\p{M} _-]/gu, '')
      .replaceAll(' ', '-');
    let anchor = slug;
    for (let count = 1; anchors.has(anchor); count += 1) anchor = `${slug}-${count}`;
    anchors.add(anchor);
  }
  return anchors;
}

/** The targets of links and pictures, without those in code. */
export function listLinks({ prose }: Page): readonly string[] {
  const text = prose.replaceAll(/(`+)[^`]*?\1/g, '');
  return [...text.matchAll(/\]\(\s*<?([^)\s>]+)>?(?:\s+"[^"]*")?\s*\)/g)].map(([, target = '']) => target);
}
