// Runs the commands in docs/cli.md and in the README of the command line, and writes what they print below them. With
// --check it writes nothing, and fails where something else stands there. Needs the built packages.
//   node scripts/generate-cli-docs.mjs [--check]
//
// A block is run where `<!-- run in: SCENE -->` stands before it; each of its lines that begins with `$ ` is a command.
// Everything runs in made-up folders, with a made-up key, on a terminal of 80 columns without colours; durations, paths
// and the key's last four characters are replaced by made-up ones.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { argv } from 'node:process';
import { renderExitCodes } from './lib/cli-exit-codes.mjs';
import { openScenes } from './lib/cli-scenes.mjs';
import { ROOT } from './lib/workspace.mjs';

const FILES = ['docs/cli.md', 'packages/cli/README.md'];
const BLOCK = /(<!-- run in: (?<scene>[a-z-]+) -->\n+```console\n)(?<body>[^]*?)(\n```\n)/g;
const [START, END] = ['<!-- generated:exit-codes -->\n', '<!-- generated:end -->'];

const isCheck = argv.includes('--check');
const scenes = await openScenes();
const wrong = [];
try {
  for (const path of FILES) {
    const file = join(ROOT, path);
    const before = readFileSync(file, 'utf8');
    const after = fillInExitCodes(await regenerate(before, path));
    if (after === before) continue;
    wrong.push(path);
    if (!isCheck) writeFileSync(file, after);
  }
} finally {
  await scenes.close();
}
if (wrong.length > 0) console.log(`${isCheck ? 'out of date' : 'written'}: ${wrong.join(', ')}`);
if (isCheck && wrong.length > 0) {
  console.error('Run: npm run build && node scripts/generate-cli-docs.mjs');
  process.exitCode = 1;
}

async function regenerate(text, path) {
  const blocks = [...text.matchAll(BLOCK)];
  const marks = text.match(/<!-- run in:/g)?.length ?? 0;
  if (blocks.length !== marks)
    throw new Error(`${path}: a block is wanted directly behind each of ${marks} marks`);
  let result = '';
  let from = 0;
  for (const block of blocks) {
    const { scene, body } = block.groups;
    const [, beginning, , , end] = block;
    result += text.slice(from, block.index) + beginning + (await runBlock(scene, body)) + end;
    from = block.index + block[0].length;
  }
  return result + text.slice(from);
}

function fillInExitCodes(text) {
  if (!text.includes(START)) return text;
  const [before, rest] = text.split(START);
  return `${before}${START}\n${renderExitCodes()}\n${rest.slice(rest.indexOf(END))}`;
}

/** Each block begins in a fresh folder. */
async function runBlock(name, body) {
  const scene = await scenes.enter(name);
  const parts = [];
  for (const line of body.split('\n').filter((one) => one.startsWith('$ '))) {
    parts.push(`${line}\n${await scene.run(line.slice(2))}`.trimEnd());
  }
  return parts.join('\n');
}
