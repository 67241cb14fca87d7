// Packs every package as it would be published, installs the tarballs into an empty project in the system's temporary
// folder, and uses them there as a stranger would. What works in the workspace can still miss a file or an export once
// it is packed. One line for each check; exit code 1 if one failed.
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { listPackages, readJson, ROOT } from './lib/workspace.mjs';

const run = promisify(execFile);
/** The entries that show types of Node's own, and which therefore need @types/node: for development only. */
const NEEDS_NODE_TYPES = [
  '@magic-hour-keys/testing',
  '@magic-hour-keys/http/got',
  '@magic-hour-keys/http/node',
];
/** What the backends have for peers, and what makes the certificates of the stand-ins. */
const SDKS = [
  '@aws-sdk/client-secrets-manager',
  '@azure/identity',
  '@azure/keyvault-secrets',
  '@google-cloud/secret-manager',
  '@kubernetes/client-node',
  'node-vault',
  'selfsigned',
];
const INSTALL_SCRIPTS = ['preinstall', 'install', 'postinstall', 'prepare', 'prepublish'];

const folder = await mkdtemp(join(tmpdir(), 'mhk-packed-'));
const consumer = join(folder, 'consumer');
let failures = 0;
try {
  const tarballs = await packAll();
  await check('tarball sizes', () => tellSizes(tarballs));
  await mkdir(consumer);
  await writeFile(join(consumer, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
  await install([...tarballs, `typescript@${installedVersion('typescript')}`]);
  const installed = readInstalled();
  const entries = installed.flatMap(listEntries);
  await checkManifests(installed);
  await checkRuntime(entries);
  await checkTypes(entries);
  await checkCommandLine();
  await checkStores();
} catch (error) {
  // Nothing was packed or installed, so there is nothing to look at.
  tellFailure('pack and install', error);
} finally {
  await rm(folder, { recursive: true, force: true });
}
console.log(failures === 0 ? 'packed: everything works' : `packed: ${failures} failed`);
process.exitCode = failures === 0 ? 0 : 1;

async function check(name, inspect) {
  try {
    const note = await inspect();
    console.log(`ok    ${name}${typeof note === 'string' ? `: ${note}` : ''}`);
  } catch (error) {
    tellFailure(name, error);
  }
}

function tellFailure(name, { message, stdout, stderr }) {
  failures++;
  console.log(`FAIL  ${name}\n${indent([message, stdout, stderr].filter(Boolean).join('\n'))}`);
}

function indent(text) {
  return text.trim().replaceAll(/^/gm, '      ');
}

async function packAll() {
  const { packageManager } = readJson(join(ROOT, 'package.json'));
  await run(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc'), '-b'], { cwd: ROOT });
  // Not `npm pack`: npm would leave `workspace:` ranges and the development exports in the manifest.
  const filter = ['--filter', './packages/*', 'pack', '--json', '--pack-destination', folder];
  const { stdout } = await npx(['-y', '--prefer-offline', packageManager, ...filter], ROOT);
  return JSON.parse(stdout.slice(stdout.indexOf('['))).map((packed) => packed.filename);
}

async function tellSizes(tarballs) {
  const sizes = await Promise.all(
    tarballs.map(
      async (path) => `${basename(path, '.tgz')} ${((await stat(path)).size / 1024).toFixed(1)} kB`,
    ),
  );
  return sizes.join(', ');
}

async function install(packages) {
  await npm(
    ['install', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel', 'error', ...packages],
    consumer,
  );
}

function installedVersion(name) {
  return readJson(join(ROOT, 'node_modules', name, 'package.json')).version;
}

function readInstalled() {
  return listPackages(ROOT).map(({ manifest: { name } }) => {
    const path = join(consumer, 'node_modules', name);
    return { name, path, manifest: readJson(join(path, 'package.json')) };
  });
}

/** `@scope/name` and `@scope/name/subpath`, without those that point at JSON. */
function listEntries({ name, manifest }) {
  return Object.entries(manifest.exports)
    .filter(([, target]) => typeof target !== 'string')
    .map(([subpath]) => name + subpath.slice(1));
}

async function checkManifests(installed) {
  await check('no package runs a script when it is installed', () => {
    for (const { name, manifest } of installed) {
      const found = INSTALL_SCRIPTS.filter((script) => manifest.scripts?.[script]);
      if (found.length > 0) throw new Error(`${name} has ${found.join(', ')}`);
    }
  });
  await check('no manifest points at sources or at the workspace', () => {
    for (const { name, manifest } of installed) {
      const { exports, dependencies, peerDependencies } = manifest;
      const found = /@magic-hour-keys\/source|workspace:|catalog:/.exec(
        JSON.stringify({ exports, dependencies, peerDependencies }),
      );
      if (found) throw new Error(`${name} has "${found[0]}"`);
    }
  });
  await check('every file that a manifest names is there, and no build state', async () => {
    for (const { path, manifest } of installed) {
      const targets = [...Object.values(manifest.exports), ...Object.values(manifest.bin ?? {})];
      const files = targets.flatMap((target) =>
        typeof target === 'string' ? target : Object.values(target),
      );
      await Promise.all([...files, 'LICENSE', 'README.md'].map((file) => stat(join(path, file))));
      await stat(join(path, 'dist/.tsbuildinfo')).then(
        () => Promise.reject(new Error(`${path} has a .tsbuildinfo`)),
        () => undefined,
      );
    }
  });
}

async function checkRuntime(entries) {
  await cp(join(ROOT, 'test/integration/packed'), consumer, { recursive: true });
  await check(`import() of ${entries.length} entries prints nothing`, () =>
    expectSilence('import-all.mjs', entries),
  );
  await check(`require() of ${entries.length} entries prints nothing`, () =>
    expectSilence('require-all.cjs', entries),
  );
  await check('an ES module loads the key from a JSON config and sends it', () => node(['send-request.mjs']));
  await check('a CommonJS module loads the key from a JSON config and sends it', () =>
    node(['send-request.cjs']),
  );
}

/** A warning on stderr, such as Node's about experimental features, would reach every user. */
async function expectSilence(script, entries) {
  const { stdout, stderr } = await node([script, ...entries]);
  if (stdout + stderr !== '') throw new Error(`printed:\n${stdout}${stderr}`);
}

async function checkTypes(entries) {
  await cp(join(ROOT, 'test/types/consumers'), consumer, { recursive: true });
  const portable = entries.filter((entry) => !NEEDS_NODE_TYPES.some((start) => entry.startsWith(start)));
  await writeEntries('entries-portable.ts', portable);
  await writeEntries('entries-node.ts', entries);
  await check(`types of ${portable.length} entries without @types/node`, () => tsc('tsconfig.portable.json'));
  await install([`@types/node@${installedVersion('@types/node')}`]);
  await check(`types of ${entries.length} entries, moduleResolution nodenext`, () =>
    tsc('tsconfig.nodenext.json'),
  );
  await check(`types of ${entries.length} entries, moduleResolution bundler`, () =>
    tsc('tsconfig.bundler.json'),
  );
  await check('a wrong use does not compile', expectWrongUseToFail);
}

/** Exactly the marked lines of wrong-use.ts are errors. Were the types `any` somewhere, one would be missing. */
async function expectWrongUseToFail() {
  const lines = (await readFile(join(consumer, 'wrong-use.ts'), 'utf8')).split('\n');
  const marked = lines.flatMap((line, index) => (line.includes('// wrong:') ? [index + 1] : []));
  const { stdout } = await tsc('tsconfig.wrong.json').catch((error) => error);
  const reported = new Set([...stdout.matchAll(/^wrong-use\.ts\((\d+),/gm)].map(([, line]) => Number(line)));
  const found = [...reported].join();
  if (found === '' || found !== marked.join()) throw new Error(`marked: ${marked.join()}\n${stdout}`);
  return `${marked.length} of ${marked.length} mistakes found`;
}

function writeEntries(file, entries) {
  const lines = entries.map((entry, index) => `export * as entry${index} from '${entry}';`);
  return writeFile(join(consumer, file), `${lines.join('\n')}\n`);
}

/** Last, because nothing before may need an SDK. */
async function checkStores() {
  await check('a JSON config reads each of six stores through its SDK', async () => {
    await install(SDKS.map((name) => `${name}@${installedVersion(name)}`));
    const { stdout, stderr } = await node(['every-store.mjs']);
    if (stderr !== '') throw new Error(`printed:\n${stderr}`);
    return stdout.trim().replaceAll(' ok', '').split('\n').join('; ');
  });
}

async function checkCommandLine() {
  const project = join(consumer, 'project');
  await mkdir(project);
  await writeFile(join(project, 'package.json'), '{}');
  const key = `mhk_test_${'Ab3'.repeat(10)}`;
  await check('npx mhk get, without a key: exit code 66', () => expectExit(['mhk', 'get'], {}, 66));
  await check('npx mhk get, with a key: exit code 0 and never the key', () =>
    expectExit(['mhk', 'get'], { MAGIC_HOUR_API_KEY: key }, 0, key),
  );
  await check('npx mhk gte: exit code 64', () => expectExit(['mhk', 'gte'], {}, 64));
}

async function expectExit(command, env, expected, secret) {
  const { MAGIC_HOUR_API_KEY: _key, MAGIC_HOUR_ENV: _env, NODE_ENV: _node, ...inherited } = process.env;
  const result = await npx(['--no-install', ...command], join(consumer, 'project'), {
    ...inherited,
    ...env,
  }).catch((error) => error);
  const code = result.code ?? 0;
  if (code !== expected) throw new Error(`exit code ${code}\n${result.stdout}${result.stderr}`);
  if (secret && (result.stdout + result.stderr).includes(secret)) throw new Error('the key was printed');
}

function node(args) {
  return run(process.execPath, args, { cwd: consumer });
}

function tsc(project) {
  return node(['node_modules/typescript/bin/tsc', '-p', project]);
}

function npm(args, cwd) {
  return run('npm', args, { cwd, shell: process.platform === 'win32' });
}

function npx(args, cwd, env = process.env) {
  return run('npx', args, { cwd, env, shell: process.platform === 'win32', maxBuffer: 2 ** 26 });
}
