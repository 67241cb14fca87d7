// A page that moved, or a heading that was renamed, breaks the links to it; nobody notices that by reading.
import { existsSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { expect, test } from 'vitest';
import { listAnchors, listLinks, listMarkdown, readPage, root, type Page } from './docs/pages.ts';

/** Where llms.txt links to, because its readers have no checkout. */
const RAW = 'https://raw.githubusercontent.com/magic-hour-keys/magic-hour-keys/main/';

const pages = new Map(listMarkdown().map((path) => [path, readPage(path)]));

test('every link of a committed page leads to a file, and to a heading of it', () => {
  const links = [...pages.values()].flatMap((page) => listLinks(page).map((link) => ({ page, link })));
  expect(links.length).toBeGreaterThan(300);
  expect(links.flatMap(({ page, link }) => judgeLink(page, link))).toEqual([]);
});

test('each page of docs/ can be reached from its index, or from the README of a package', () => {
  const readmes = [...pages.keys()].filter((path) => /^packages\/\w+\/README\.md$/.test(path));
  const reached = new Set(['docs/README.md', ...readmes]);
  for (const path of reached) {
    for (const link of listLinks(pages.get(path) ?? readPage(path))) {
      const target = resolveLink(path, link).file;
      if (target.startsWith('docs/') && pages.has(target)) reached.add(target);
    }
  }
  const isPage = (path: string): boolean => path.startsWith('docs/') && !path.startsWith('docs/decisions/');
  expect([...pages.keys()].filter((path) => isPage(path) && !reached.has(path))).toEqual([]);
});

test('a link to nowhere would be noticed', () => {
  const page = readPage('docs/README.md');
  expect(judgeLink(page, 'no-such-page.md')).toEqual(['docs/README.md: no-such-page.md']);
  expect(judgeLink(page, 'map.md#no-such-heading')).toEqual(['docs/README.md: map.md#no-such-heading']);
  expect(judgeLink(page, 'map.md#the-packages')).toEqual([]);
});

function judgeLink(page: Page, link: string): readonly string[] {
  if (/^(?:[a-z]+:|\/\/)/.test(link) && !link.startsWith(RAW)) return [];
  const { file, anchor } = resolveLink(page.path, link);
  const isThere = existsSync(join(root, file)) && !file.startsWith('..');
  const target = pages.get(file);
  const hasAnchor = anchor === undefined || (target !== undefined && listAnchors(target).has(anchor));
  return isThere && hasAnchor ? [] : [`${page.path}: ${link}`];
}

function resolveLink(from: string, link: string): { file: string; anchor: string | undefined } {
  const [path = '', anchor] = decodeURIComponent(link).split('#');
  if (path.startsWith(RAW)) return { file: path.slice(RAW.length), anchor };
  return { file: path === '' ? from : normalize(join(dirname(from), path)), anchor };
}
