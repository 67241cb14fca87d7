// What must never be committed: keys, paths of somebody's machine, a registry's host, a skipped test without a reason,
// two versions of the pinned package manager.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseFile, walk } from './lib/syntax.mjs';
import { finish, readJson, rootFromArguments } from './lib/workspace.mjs';

// Written with character classes, so that this file does not find itself.
const FORBIDDEN_TEXT = [
  { what: 'a path of one machine', pattern: /(?<![\w.])\/(?:[w]ork|[r]oot|[h]ome\/\w+|[U]sers\/\w+)\// },
  { what: 'a path of one machine', pattern: /\b[A-Z]:\\{1,2}[U]sers\\/ },
  { what: "a registry's host", pattern: /\b[r]egistry[.](?:npmjs|yarnpkg|npmmirror)\b|_[a]uthToken/ },
  { what: 'what looks like a Magic Hour key', pattern: /mhk_[a-z]+_[A-Za-z0-9]{16,}/ },
  { what: 'what looks like an AWS access key', pattern: /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/ },
  { what: 'what looks like a Vault token', pattern: /\bhv[sbr][.][A-Za-z0-9_-]{20,}/ },
  { what: 'what looks like a Google API key', pattern: /\bAIza[0-9A-Za-z_-]{35}/ },
  { what: 'what looks like a GitHub or npm token', pattern: /\b(?:gh[opsu]|npm)_[A-Za-z0-9]{36}/ },
  { what: 'what looks like a signed token', pattern: /\beyJ[\w-]{16,}[.]eyJ[\w-]{16,}[.]/ },
  { what: 'a private key', pattern: /-----BEGIN [A-Z ]*PRIVATE KEY-----\s+[A-Za-z0-9+/=]{32}/ },
];
const TEST_FUNCTIONS = new Set(['test', 'it', 'describe', 'suite', 'bench']);
/** `fails` and `todo` pass whatever the code does; the others leave tests out without a word. */
const SILENCERS = new Set(['only', 'skip', 'skipIf', 'runIf', 'todo', 'fails']);

const root = rootFromArguments();
const { packageManager } = readJson(join(root, 'package.json'));
const files = listCommittable();
const faults = files.flatMap(findFaults);
finish(faults, `committed: ${files.length} files hold no key, no machine's path and no silent skip`);

/** Tracked files and those that the next `git add` would track, so that a fault is found before it is committed. */
function listCommittable() {
  const command = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
  const listed = execFileSync('git', command, { cwd: root, encoding: 'utf8', maxBuffer: 2 ** 26 });
  const deleted = execFileSync('git', ['ls-files', '-z', '--deleted'], { cwd: root, encoding: 'utf8' });
  const gone = new Set(deleted.split('\0'));
  return [...new Set(listed.split('\0'))].filter((file) => file !== '' && !gone.has(file));
}

function findFaults(file) {
  const text = readFileSync(join(root, file), 'utf8');
  return [
    ...findForbiddenText(file, text),
    ...findForbiddenFile(file, text),
    ...findOtherPins(file, text),
    ...(/\.test\.[cm]?[jt]s$/.test(file) ? findSilentTests(file) : []),
  ];
}

/** The line is named and never quoted: it may hold a real key, and this output goes to a public log. */
function findForbiddenText(file, text) {
  return text.split('\n').flatMap((line, index, lines) => {
    const here = `${line}\n${lines[index + 1] ?? ''}`;
    return FORBIDDEN_TEXT.filter(({ pattern }) => (pattern.exec(here)?.index ?? Infinity) < line.length).map(
      ({ what }) => `${file}:${index + 1}: ${what}`,
    );
  });
}

function findForbiddenFile(file, text) {
  const name = file.split('/').at(-1);
  if (/^\.env(?!.*\.example$)/.test(name))
    return [`${file}: .env files hold keys and stay out of the repository`];
  if (name === 'pnpm-lock.yaml' && /https?:\/\//.test(text)) return [`${file}: the lockfile names a URL`];
  return [];
}

function findOtherPins(file, text) {
  if (file.endsWith('pnpm-lock.yaml')) return [];
  return [...text.matchAll(/\bnpx\b.*\b(pnpm@\d+\.\d+\.\d+)/g)]
    .filter(([, pin]) => pin !== packageManager)
    .map(([, pin]) => `${file}: runs ${pin}, while package.json pins ${packageManager}`);
}

function findSilentTests(file) {
  const silent = [];
  const path = join(root, file);
  const text = readFileSync(path, 'utf8');
  walk(parseFile(path), (node) => {
    const problem = judgeCall(node);
    if (problem) silent.push(`${file}:${text.slice(0, node.start).split('\n').length}: ${problem}`);
  });
  return silent;
}

function judgeCall(node) {
  if (node.type !== 'CallExpression') return undefined;
  const names = namesOf(node.callee);
  const silencer = names.slice(1).find((name) => SILENCERS.has(name));
  if (TEST_FUNCTIONS.has(names[0]) && silencer !== undefined) {
    return `${names[0]}.${silencer} is silent; call context.skip(condition, 'reason') inside the test`;
  }
  if (names.at(-1) === 'skip' && !node.arguments.some(isText)) return 'skip() needs a reason that is printed';
  if (TEST_FUNCTIONS.has(names[0]) && node.arguments.some(hasSilencer)) {
    return 'a test option leaves the test out; call context.skip(condition, reason) inside the test';
  }
  return undefined;
}

/** `test.skip.each` gives ['test', 'skip', 'each']. */
function namesOf(node) {
  if (node.type === 'Identifier') return [node.name];
  if (node.type === 'MemberExpression') return [...namesOf(node.object), node.property.name];
  if (node.type === 'CallExpression') return namesOf(node.callee);
  return [];
}

function isText(node) {
  return (
    node.type === 'TemplateLiteral' ||
    (node.type === 'Literal' && typeof node.value === 'string' && node.value !== '')
  );
}

function hasSilencer(node) {
  if (node.type !== 'ObjectExpression') return false;
  return node.properties.some(
    (property) => SILENCERS.has(property.key?.name) && property.value?.value !== false,
  );
}
