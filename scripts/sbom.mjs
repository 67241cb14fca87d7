// Writes what a user installs with our packages as a CycloneDX bill of materials: the packages themselves and all that
// they depend on at run time, in the versions that were tested. The SDKs are not among it, because they are peers:
// each application chooses its own. The same lockfile gives the same bytes; SOURCE_DATE_EPOCH adds a date.
//   node scripts/sbom.mjs [--root folder] [--out file]    to stdout by default
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { parse } from 'yaml';
import { byText } from './lib/conformance-reporter.mjs';
import { listPackages, readJson, ROOT } from './lib/workspace.mjs';

const { values } = parseArgs({ options: { root: { type: 'string' }, out: { type: 'string' } } });
const root = resolve(values.root ?? ROOT);
const lockfile = parse(readFileSync(join(root, 'pnpm-lock.yaml'), 'utf8'));
const packages = listPackages(root).filter(({ manifest }) => !manifest.private);

const text = `${JSON.stringify(describeAll(), undefined, 2)}\n`;
if (values.out) writeFileSync(values.out, text);
else process.stdout.write(text);

function describeAll() {
  const own = packages.map(describeOwn);
  const others = followDependencies(own.flatMap(({ dependsOn }) => dependsOn.filter((key) => !isOwn(key))));
  const parts = [...own, ...others];
  const project = describeProject();
  const components = parts.map(({ component }) => component).toSorted(byReference);
  const dependencies = [
    { ref: project['bom-ref'], dependsOn: own.map(({ component }) => component['bom-ref']).toSorted(byText) },
    ...parts.map(({ component, dependsOn }) => ({
      ref: component['bom-ref'],
      dependsOn: [...new Set(dependsOn.map(packageUrlOf))].toSorted(byText),
    })),
  ].toSorted((a, b) => byText(a.ref, b.ref));
  return {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    serialNumber: `urn:uuid:${uuidOf(JSON.stringify([project, components, dependencies]))}`,
    version: 1,
    metadata: { ...dateOfBuild(), component: project },
    components,
    dependencies,
  };
}

function describeProject() {
  const { name, description } = readJson(join(root, 'package.json'));
  const { version } = packages[0].manifest;
  return { type: 'application', 'bom-ref': `${name}@${version}`, name, version, description };
}

/** A package of this repository, with the keys of what its published manifest depends on. */
function describeOwn({ folder, manifest }) {
  const locked = lockfile.importers[relative(root, folder).replaceAll('\\', '/')]?.dependencies ?? {};
  const dependsOn = Object.keys(manifest.dependencies ?? {}).map((name) => {
    const version = locked[name]?.version;
    if (version === undefined) throw new Error(`${manifest.name}: the lockfile does not know ${name}`);
    if (!version.startsWith('link:')) return `${name}@${version}`;
    return `${name}@${readJson(join(folder, version.slice('link:'.length), 'package.json')).version}`;
  });
  return { component: describe(manifest), dependsOn };
}

/** The keys and all that they depend on. */
function followDependencies(keys) {
  const queue = [...new Set(keys)];
  const found = [];
  for (const key of queue) {
    const other = describeOther(key);
    found.push(other);
    queue.push(...other.dependsOn.filter((next) => !queue.includes(next)));
  }
  return found;
}

function describeOther(key) {
  const name = withoutPeers(key);
  const { resolution, peerDependencies = {} } = lockfile.packages[name] ?? {};
  const integrity = /^sha512-(.+)/.exec(resolution?.integrity)?.[1];
  if (integrity === undefined) throw new Error(`${name}: the lockfile has no sha512 of it`);
  const { dependencies, optionalDependencies } = lockfile.snapshots[key];
  const dependsOn = Object.entries({ ...dependencies, ...optionalDependencies })
    // What the lockfile chose for a peer is of this repository.
    .filter(([other]) => !Object.hasOwn(peerDependencies, other))
    .map(([other, version]) => `${other}@${version}`);
  const content = Buffer.from(integrity, 'base64').toString('hex');
  return {
    component: { ...describe(readInstalled(name)), hashes: [{ alg: 'SHA-512', content }] },
    dependsOn,
  };
}

/** From the store of pnpm, because what we depend on indirectly lies nowhere else. */
function readInstalled(key) {
  const store = join(root, 'node_modules/.pnpm');
  const folder = key.replace('/', '+');
  const found = readdirSync(store).find((name) => name === folder || name.startsWith(`${folder}_`));
  if (!found) throw new Error(`${key} is not installed`);
  return readJson(join(store, found, 'node_modules', key.slice(0, key.lastIndexOf('@')), 'package.json'));
}

function describe({ name, version, license, description }) {
  if (typeof license !== 'string') throw new Error(`${name}@${version} names no licence`);
  const [scope, bare] = name.startsWith('@') ? name.split('/') : [undefined, name];
  const packageUrl = packageUrlOf(`${name}@${version}`);
  return {
    type: 'library',
    'bom-ref': packageUrl,
    ...(scope && { group: scope }),
    name: bare,
    version,
    ...(description && { description }),
    licenses: [/ (?:OR|AND|WITH) /.test(license) ? { expression: license } : { license: { id: license } }],
    purl: packageUrl,
  };
}

/** `valibot@1.5.0` of `valibot@1.5.0(typescript@7.0.2)`. */
function withoutPeers(key) {
  return key.replace(/\(.*$/, '');
}

function packageUrlOf(key) {
  return `pkg:npm/${withoutPeers(key).replace(/^@/, '%40')}`;
}

function isOwn(key) {
  return packages.some(({ manifest: { name, version } }) => key === `${name}@${version}`);
}

function dateOfBuild() {
  const seconds = process.env.SOURCE_DATE_EPOCH;
  return seconds && { timestamp: new Date(Number(seconds) * 1000).toISOString() };
}

/** Of version 8: made by a rule of our own. */
function uuidOf(content) {
  const hex = createHash('sha256').update(content).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

function byReference(a, b) {
  return byText(a['bom-ref'], b['bom-ref']);
}
