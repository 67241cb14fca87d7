// The made-up folders in which commands of the documentation run, and the world around them.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { makeTestKey } from '@magic-hour-keys/testing';
import { startFakeVault } from '@magic-hour-keys/testing/fakes/vault';
import { main } from 'magic-hour-keys';

const KEY = makeTestKey();
const ENV_FILE = `MAGIC_HOUR_API_KEY=${KEY}\n`;
const SHOWN_FOLDER = '/srv/app';
const SHOWN_VAULT = 'https://vault.internal:8200';
const WIDTH = 80;

const PACKAGE = { name: 'video-worker', private: true, dependencies: { '@magic-hour-keys/config': '0.1.0' } };
const CONFIG = {
  development: { source: 'env', files: ['.env.local', '.env'] },
  staging: { extends: 'production', policy: { fresh: '1m' } },
  production: { source: 'env', policy: { fresh: '10m' } },
};

/** For each scene the files of its folder, and variables. */
const SCENES = {
  project: () => ({
    files: { 'package.json': PACKAGE, 'magic-hour-keys.json': { environments: CONFIG }, '.env': ENV_FILE },
  }),
  mistakes: () => ({
    files: {
      'magic-hour-keys.json': {
        environments: {
          ...CONFIG,
          staging: { extends: 'production', policy: { fresh: 60 } },
          production: { source: 'env', fiels: ['.env'] },
        },
      },
    },
  }),
  chain: ({ vault }) => ({
    files: {
      'magic-hour-keys.json': {
        environments: {
          production: {
            firstFound: [
              { source: 'env', files: [] },
              {
                source: 'vault',
                address: vault.origin,
                path: 'secret/magic-hour',
                field: 'api_key',
                auth: { method: 'token' },
              },
              { source: 'aws', region: 'us-east-1', secretId: 'prod/magic-hour' },
            ],
          },
        },
      },
      'print.mjs': 'console.log(`the key is ${process.env.MAGIC_HOUR_API_KEY}`);\n',
    },
    env: { VAULT_TOKEN: vault.rootToken },
  }),
  'without-a-key': () => ({ files: { 'package.json': PACKAGE } }),
  new: () => ({ files: { 'package.json': PACKAGE, Dockerfile: 'FROM node:24\n' }, isRepository: true }),
  unhealthy: () => ({
    files: {
      'package.json': PACKAGE,
      'magic-hour-keys.json': { environments: { development: CONFIG.development } },
      '.env': 'MAGIC_HOUR_API_KEY=your_api_key_here\n',
    },
    isRepository: true,
  }),
  leaking: () => ({
    isRepository: true,
    files: {
      '.gitignore': '.env\n',
      'magic-hour-keys.json': { environments: CONFIG },
      '.env': ENV_FILE,
      'src/upload.ts': `${'\n'.repeat(11)}const key = '${makeTestKey()}';\n`,
      'dist/bundle.js': `x('${KEY}')`,
    },
  }),
};

/** Starts what the scenes need. */
export async function openScenes() {
  const vault = await startFakeVault();
  vault.enableKv('secret', 2);
  // The version that the documentation shows.
  for (let version = 1; version <= 4; version++) vault.writeSecret('secret/magic-hour', { api_key: KEY });
  const folders = [];
  return {
    async enter(name) {
      if (!Object.hasOwn(SCENES, name)) throw new Error(`there is no scene ${name}`);
      const { files, env = {}, isRepository = false } = SCENES[name]({ vault });
      const folder = realpathSync(mkdtempSync(join(tmpdir(), 'mhk-docs-')));
      folders.push(folder);
      for (const [path, content] of Object.entries(files)) writeFile(join(folder, path), content);
      if (isRepository) execFileSync('git', ['init', '--quiet'], { cwd: folder });
      return { run: (line) => runLine(line, { folder, env, vault }) };
    },
    async close() {
      for (const folder of folders) rmSync(folder, { recursive: true });
      await vault.close();
    },
  };
}

function writeFile(path, content) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content, null, 2), {
    mode: 0o600,
  });
}

/**
 * One line as a shell would take it, as far as the documentation needs: variables before the command, `| cat` for a
 * pipe, and `; echo $?`.
 */
async function runLine(line, { folder, env, vault }) {
  const [, variables, command, pipe, echo] =
    /^((?:[A-Z_]+=\S+ )*)(?:npx )?(cat \S+|mhk .*?)( \| cat)?(; echo \$\?)?$/.exec(line) ?? [];
  if (command === undefined) throw new Error(`this line can not be run: ${line}`);
  const own = Object.fromEntries(
    variables
      .split(' ')
      .filter(Boolean)
      .map((text) => text.split('=')),
  );
  if (command.startsWith('cat '))
    return execFileSync('cat', [join(folder, command.slice(4))], { encoding: 'utf8' });
  const { PATH } = process.env;
  const [text, exitCode] = await runMhk(command.split(' ').slice(1), {
    cwd: folder,
    env: { PATH, NO_COLOR: '1', TERM: 'xterm', ...env, ...own },
    isTTY: pipe === undefined,
  });
  const shown = text.replaceAll(vault.origin, SHOWN_VAULT);
  const result = wrapRemarks(normalise(shown, folder)) + (echo ? `${exitCode}\n` : '');
  if (result.includes(KEY)) throw new Error(`the key would be in the documentation of: ${line}`);
  return result;
}

/** stdout and stderr in the order in which a terminal would show them. */
async function runMhk(args, { cwd, env, isTTY }) {
  let text = '';
  const write = (part) => {
    text += Buffer.from(part).toString();
  };
  // stderr is wrapped below, once the made-up paths are in it, which are shorter or longer than the real ones.
  const io = {
    stdout: { write, isTTY, columns: WIDTH },
    stderr: { write, isTTY, columns: 10_000 },
    cwd,
    env,
  };
  const exitCode = await main(args, io);
  return [text, exitCode];
}

function normalise(text, folder) {
  return text
    .replaceAll(folder, SHOWN_FOLDER)
    .replaceAll(/…\w{4}\b/g, '…1a2b')
    .replaceAll(/("last4": ?)"\w{4}"/g, '$1"1a2b"')
    .replaceAll(/(last4 +)\w{4}\b/g, '$11a2b')
    .replaceAll(/\b\d+ ms\b/g, '3 ms')
    .replaceAll(/("(?:durationMs|ageMs)": ?)\d+/g, '$13')
    .replaceAll(/("createdAt": ?)"[^"]+"/g, '$1"2026-01-15T09:30:00.000Z"')
    .replaceAll(/("survivesOutageMs": ?)\d+/g, '$186399997');
}

/** What is said on stderr, as a terminal of this width would show it. */
function wrapRemarks(text) {
  return text
    .split('\n')
    .map((line) => (line.startsWith('mhk: ') ? wrapLine(line) : line))
    .join('\n');
}

function wrapLine(line) {
  const lines = [''];
  for (const word of line.split(' ')) {
    const last = lines.at(-1);
    const longer = last === '' ? word : `${last} ${word}`;
    if (last === '' || longer.length <= WIDTH) lines[lines.length - 1] = longer;
    else lines.push(`  ${word}`);
  }
  return lines.join('\n');
}
