// What has to agree at every moment: one version in all packages, a changelog that begins with it, and a list of packages
// in pnpm-workspace.yaml that names all of them. With `--tag v0.2.0` also: that version, and no change left to release.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { parse } from 'yaml';
import { listChangeFiles, readChangelog } from './lib/release.mjs';
import { finish, listPackages, ROOT, shown } from './lib/workspace.mjs';

const { values } = parseArgs({
  options: { root: { type: 'string', default: ROOT }, tag: { type: 'string' } },
});
const { root, tag } = values;
const packages = listPackages(root).filter(({ manifest }) => !manifest.private);
const [version] = packages.map(({ manifest }) => manifest.version);

finish(
  [...packages.flatMap(checkPackage), ...checkSettings(), ...(tag === undefined ? [] : checkTag())],
  `release: ${packages.length} packages of ${version} agree`,
);

function checkPackage({ folder, manifest }) {
  const [newest] = readChangelog(folder);
  return [
    ...(manifest.version === version
      ? []
      : [`${shown(root, join(folder, 'package.json'))}: ${manifest.version} is not ${version}`]),
    ...(newest?.version === manifest.version && newest.text !== ''
      ? []
      : [`${shown(root, join(folder, 'CHANGELOG.md'))}: does not begin with notes for ${manifest.version}`]),
  ];
}

/** Without them `pnpm version -r` would give each package a version of its own, and keep the changelogs elsewhere. */
function checkSettings() {
  const { versioning } = parse(readFileSync(join(root, 'pnpm-workspace.yaml'), 'utf8'));
  const together = new Set(versioning?.fixed?.[0]);
  const names = packages.map(({ manifest }) => manifest.name);
  return [
    ...names
      .filter((name) => !together.has(name))
      .map((name) => `pnpm-workspace.yaml: versioning.fixed lacks ${name}`),
    ...[...together]
      .filter((name) => !names.includes(name))
      .map((name) => `pnpm-workspace.yaml: versioning.fixed names ${name}, which is no package`),
    ...(versioning?.changelog?.storage === 'repository'
      ? []
      : ['pnpm-workspace.yaml: versioning.changelog.storage is not repository']),
  ];
}

function checkTag() {
  return [
    ...(tag === `v${version}` ? [] : [`the tag ${tag} is not v${version}`]),
    ...listChangeFiles(root).map((name) => `.changeset/${name}: not released yet; run pnpm version -r first`),
  ];
}
