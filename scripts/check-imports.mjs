// Imports run one way (docs/decisions): core <- backends, http <- config <- cli; nothing that runs imports testing.
// Also: what a package declares is what it imports, an optional peer is never loaded by merely importing us, and a
// backend's entry does not load the validator.
import { builtinModules } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { readImports } from './lib/syntax.mjs';
import { finish, listFiles, listPackages, rootFromArguments, shown } from './lib/workspace.mjs';

const SCOPE = '@magic-hour-keys/';
const root = rootFromArguments();
const packages = listPackages(root).map((entry) => ({ ...entry, imports: readPackageImports(entry) }));
const backends = new Set(packages.filter((entry) => entry.isBackend).map((entry) => entry.name));
const faults = packages.flatMap(findFaults);
const count = packages.reduce((sum, entry) => sum + entry.imports.length, 0);
finish(faults, `imports: ${count} imports of ${packages.length} packages keep the rules`);

function readPackageImports({ folder }) {
  return listFiles(join(folder, 'src'), (name) => /\.tsx?$/.test(name)).flatMap((file) =>
    readImports(file).map((found) => ({ ...found, file, target: targetOf(found.specifier) })),
  );
}

/** `relative`, `node`, `unknown`, or the name of the package that is imported. */
function targetOf(specifier) {
  if (specifier === undefined) return { kind: 'unknown' };
  if (specifier.startsWith('.')) return { kind: 'relative' };
  if (specifier.startsWith('node:') || builtinModules.includes(specifier)) return { kind: 'node' };
  const name = specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
  const subpath = specifier.slice(name.length + 1);
  return { kind: 'package', name, subpath, sibling: siblingNamed(name) };
}

/** The folder name of a package of this workspace. */
function siblingNamed(packageName) {
  if (packageName.startsWith(SCOPE)) return packageName.slice(SCOPE.length);
  return packageName === 'magic-hour-keys' ? 'cli' : undefined;
}

function findFaults(entry) {
  return [
    ...entry.imports.flatMap((found) => {
      const problem = judgeImport(entry, found);
      return problem ? [`${shown(root, found.file)}: ${problem}`] : [];
    }),
    ...compareWithManifest(entry),
    ...(entry.isBackend ? findValidatorInEntry(entry) : []),
  ];
}

function judgeImport(entry, { specifier, kind, file, target }) {
  if (target.kind === 'unknown') return 'import() needs a literal, or no bundler and no check can see it';
  if (target.kind === 'relative') return judgeRelative(entry, file, specifier);
  if (target.kind === 'node') return judgeBuiltin(entry, file, specifier);
  if (target.sibling !== undefined) return judgeSibling(entry, kind, target, specifier);
  if (entry.name === 'core') return `core has no dependencies, and imports ${target.name}`;
  const isOptional = entry.manifest.peerDependenciesMeta?.[target.name]?.optional === true;
  if (isOptional && kind === 'static') {
    return `${target.name} is an optional peer: use "import type", or import() at the first read`;
  }
  return undefined;
}

function judgeRelative({ name, folder }, file, specifier) {
  const path = resolve(dirname(file), specifier);
  const source = join(folder, 'src');
  if (!path.startsWith(join(source, '/'))) return `"${specifier}" leaves the package`;
  const nodeFolder = join(source, 'node/');
  if (name === 'core' && path.startsWith(nodeFolder) && !file.startsWith(nodeFolder)) {
    return `"${specifier}" brings node: modules into an entry that must load anywhere`;
  }
  return undefined;
}

function judgeBuiltin({ name, folder }, file, specifier) {
  if (!specifier.startsWith('node:')) return `write "node:${specifier}"`;
  if (name !== 'core' || file.startsWith(join(folder, 'src/node/'))) return undefined;
  return `"${specifier}": only core/src/node may import from node:`;
}

function judgeSibling({ name, isBackend }, kind, { sibling, subpath }, specifier) {
  if (sibling === name) return `imports itself as "${specifier}"; use a relative path`;
  if (sibling === 'testing') return 'code that runs in production never imports testing';
  if (sibling === 'core') return name === 'core' ? 'core imports itself' : undefined;
  if (name === 'core') return `core imports no sibling, and imports "${specifier}"`;
  if (isBackend || name === 'http' || name === 'testing') {
    return `${name} may import core alone, and imports "${specifier}"`;
  }
  if (name === 'config') return judgeImportOfConfig(kind, sibling, subpath, specifier);
  if (name === 'cli') {
    const isAllowed = sibling === 'config' || sibling === 'http' || backends.has(sibling);
    return isAllowed ? undefined : `cli may import core, http, config and backends, not "${specifier}"`;
  }
  return `no rule allows ${name} to import "${specifier}"; add one to scripts/check-imports.mjs`;
}

function judgeImportOfConfig(kind, sibling, subpath, specifier) {
  if (!backends.has(sibling)) return `config may import core and backends, not "${specifier}"`;
  if (kind !== 'static' || subpath === 'definition') return undefined;
  return `import "${SCOPE}${sibling}/definition" statically, and the source by import() inside the first read`;
}

/** A dependency that is not imported is dead weight; an import that is not declared breaks strict installs. */
function compareWithManifest({ folder, manifest, imports }) {
  const manifestPath = shown(root, join(folder, 'package.json'));
  const declared = new Set([
    ...Object.keys(manifest.dependencies ?? {}),
    ...Object.keys(manifest.peerDependencies ?? {}),
  ]);
  // An adapter for a client imports nothing of it, not even types; the peer says which versions it serves.
  const served = new Set(Object.keys(manifest.exports ?? {}).map((subpath) => subpath.slice('./'.length)));
  const imported = new Set(
    imports
      .filter(({ target }) => target.kind === 'package' && target.name !== manifest.name)
      .map(({ target }) => target.name),
  );
  return [
    ...[...imported]
      .filter((name) => !declared.has(name))
      .map((name) => `${manifestPath}: ${name} is imported, and declared neither as dependency nor as peer`),
    ...[...declared]
      .filter((name) => !imported.has(name) && !served.has(name))
      .map((name) => `${manifestPath}: ${name} is declared, and nothing imports it`),
  ];
}

/** The definition is a subpath of its own, so that reading a key costs no validator. */
function findValidatorInEntry({ folder, imports }) {
  const entry = join(folder, 'src/index.ts');
  const seen = new Set([entry]);
  for (const file of seen) {
    for (const found of imports) {
      if (found.file !== file || found.kind !== 'static') continue;
      if (found.target.kind === 'relative') seen.add(resolve(dirname(file), found.specifier));
      if (found.target.name !== 'valibot') continue;
      return [
        `${shown(root, file)}: imports valibot and is reached from src/index.ts; keep it behind ./definition`,
      ];
    }
  }
  return [];
}
