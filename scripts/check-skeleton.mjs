// Every backend package has the same files, exports, headings and tests, so that whoever knows one knows them all.
// Needs the built packages, because the option names are read from the definition itself.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { readExportedNames, readImports } from './lib/syntax.mjs';
import { finish, listFiles, listPackages, readJson, rootFromArguments, shown } from './lib/workspace.mjs';

/** Paths from the root; `<backend>` stands for the folder's name. */
const REQUIRED_FILES = [
  'packages/<backend>/README.md',
  'packages/<backend>/tsconfig.json',
  'packages/<backend>/src/index.ts',
  'packages/<backend>/src/source.ts',
  'packages/<backend>/src/definition.ts',
];
const REQUIRED_HEADINGS = [
  'Install',
  'Use',
  'Options',
  'Permissions needed',
  'Errors and what to do',
  'Rotation',
];
const REQUIRED_EXPORTS = ['.', './definition', './package.json'];
/** Words of the config file itself, so that no option can ever be mistaken for one. */
const RESERVED_OPTIONS = new Set([
  'source',
  'firstFound',
  'policy',
  'extends',
  'keys',
  'via',
  '$schema',
  'description',
]);
const SOURCE_CONDITION = '@magic-hour-keys/source';

const root = rootFromArguments();
const packages = listPackages(root);
const backends = packages.filter((entry) => entry.isBackend);
const faults = [
  ...packages.flatMap(checkExports),
  ...(await Promise.all(backends.map(checkBackend))).flat(),
  ...(backends.length === 0 ? ['packages/: no backend found (none has src/definition.ts)'] : []),
];
finish(faults, `skeleton: ${backends.map((entry) => entry.name).join(', ')} keep to it`);

async function checkBackend(entry) {
  const missing = REQUIRED_FILES.map((path) => path.replaceAll('<backend>', entry.name)).filter(
    (path) => !existsSync(join(root, path)),
  );
  if (missing.length > 0) return missing.map((path) => `${path}: missing`);
  return [
    ...checkReadme(entry),
    ...checkRequiredExports(entry),
    ...checkTests(entry),
    ...checkNames(entry),
    ...checkListedInConfig(entry),
    ...checkListedInRoot(entry),
    ...(await checkDefinition(entry)),
  ];
}

/** The published entries are those of the workspace, with the bundle in the place of the separate modules. */
function checkExports({ folder, manifest }) {
  const path = shown(root, join(folder, 'package.json'));
  const { exports = {}, bin = {} } = manifest.publishConfig ?? {};
  const found = [];
  if (JSON.stringify(exports).includes(SOURCE_CONDITION)) {
    found.push(`${path}: publishConfig.exports has the condition ${SOURCE_CONDITION}`);
  }
  if (JSON.stringify(exports) !== JSON.stringify(expectedExports(manifest.exports))) {
    found.push(`${path}: publishConfig.exports must be exports without the source condition, from ./bundle/`);
  }
  if (JSON.stringify(bin) !== JSON.stringify(mapValues(manifest.bin, fromBundle))) {
    found.push(`${path}: publishConfig.bin must be bin, from ./bundle/`);
  }
  return found;
}

function expectedExports(exports) {
  return mapValues(exports, (target) => {
    if (typeof target === 'string') return target;
    const { [SOURCE_CONDITION]: _source, default: module, ...types } = target;
    return { ...types, default: fromBundle(module) };
  });
}

function fromBundle(path) {
  return path?.replace('./dist/', './bundle/');
}

function mapValues(record = {}, change) {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value)]));
}

function checkRequiredExports({ folder, manifest }) {
  const path = shown(root, join(folder, 'package.json'));
  return REQUIRED_EXPORTS.filter((subpath) => !Object.hasOwn(manifest.exports ?? {}, subpath)).map(
    (subpath) => `${path}: exports lacks "${subpath}"`,
  );
}

function checkReadme({ folder }) {
  const path = join(folder, 'README.md');
  const headings = [...readFileSync(path, 'utf8').matchAll(/^## (.+)$/gm)].map(([, heading]) =>
    heading.trim(),
  );
  const found = headings.filter((heading) => REQUIRED_HEADINGS.includes(heading));
  if (found.join() === REQUIRED_HEADINGS.join()) return [];
  return [
    `${shown(root, path)}: needs the headings "## ${REQUIRED_HEADINGS.join('", "## ')}", in this order`,
  ];
}

function checkTests({ name }) {
  const tests = listFiles(join(root, 'test/unit', name), (file) => file.endsWith('.test.ts'));
  return tests.length > 0 ? [] : [`test/unit/${name}/: no test`];
}

function checkNames({ name, folder }) {
  const index = join(folder, 'src/index.ts');
  const definition = join(folder, 'src/definition.ts');
  const exported = readExportedNames(index);
  const found = [`${name}KeyProvider`, `${name}KeySource`]
    .filter((wanted) => !exported.includes(wanted))
    .map((wanted) => `${shown(root, index)}: does not export ${wanted}`);
  if (exported.includes('*') || exported.includes('default')) {
    found.push(`${shown(root, index)}: exports by name only`);
  }
  if (!readExportedNames(definition).includes(`${name}Definition`)) {
    found.push(`${shown(root, definition)}: does not export ${name}Definition`);
  }
  return found;
}

function checkListedInConfig({ name, manifest }) {
  const config = listFiles(join(root, 'packages/config/src'), (file) => file.endsWith('.ts'));
  const imports = config.flatMap(readImports);
  const has = (specifier, kind) =>
    imports.some((found) => found.specifier === specifier && found.kind === kind);
  return [
    ...(has(`${manifest.name}/definition`, 'static')
      ? []
      : [`packages/config: does not know the definition of ${name}`]),
    ...(has(manifest.name, 'dynamic') ? [] : [`packages/config: never loads ${name} by import()`]),
  ];
}

function checkListedInRoot({ name, manifest }) {
  const references = readJson(join(root, 'tsconfig.json')).references.map(({ path }) => path);
  const { devDependencies = {} } = readJson(join(root, 'package.json'));
  return [
    ...(references.includes(`packages/${name}`) ? [] : [`tsconfig.json: no reference to packages/${name}`]),
    ...(Object.hasOwn(devDependencies, manifest.name)
      ? []
      : [`package.json: no devDependency on ${manifest.name}`]),
  ];
}

async function checkDefinition({ name, folder, manifest }) {
  const path = shown(root, join(folder, 'src/definition.ts'));
  const built = join(folder, 'dist/definition.js');
  if (!existsSync(built)) return [`${path}: not built; run the build first`];
  const definition = (await import(pathToFileURL(built).href))[`${name}Definition`];
  if (definition === undefined)
    return [`${path}: the built file lacks ${name}Definition; run the build again`];
  const options = [...new Set(optionNames(definition.schema))];
  const readme = readFileSync(join(folder, 'README.md'), 'utf8');
  return [
    ...(definition.name === name ? [] : [`${path}: its name is "${definition.name}", its folder "${name}"`]),
    ...(definition.packageName === manifest.name ? [] : [`${path}: packageName is not ${manifest.name}`]),
    ...(options.length > 0 ? [] : [`${path}: no options found in its schema`]),
    ...options
      .filter((option) => RESERVED_OPTIONS.has(option))
      .map((option) => `${path}: "${option}" is reserved`),
    ...options
      .filter((option) => !readme.includes(`\`${option}\``))
      .map(
        (option) => `${shown(root, join(folder, 'README.md'))}: does not explain the option \`${option}\``,
      ),
    ...comparePeers(path, definition, manifest),
  ];
}

/** Top-level option names of a valibot schema: of an object, a pipe around one, or each member of a union. */
function optionNames(schema) {
  if (schema?.entries) return Object.keys(schema.entries);
  if (schema?.wrapped) return optionNames(schema.wrapped);
  if (Array.isArray(schema?.pipe) && !schema.options) return optionNames(schema.pipe[0]);
  return (schema?.options ?? []).flatMap(optionNames);
}

/** The install command in an error message must name what the manifest asks for. */
function comparePeers(path, { requires }, { peerDependencies = {} }) {
  const wanted = Object.fromEntries(requires.map(({ name, range }) => [name, range]));
  const names = new Set([...Object.keys(wanted), ...Object.keys(peerDependencies)]);
  return [...names]
    .filter((name) => wanted[name] !== peerDependencies[name])
    .map((name) => `${path}: "requires" and peerDependencies differ on ${name}`);
}
