// Packs all packages into a folder, with all that the job that publishes them needs: it runs no code of this repository.
//   publish-order.txt   name, version and tarball, each after what it depends on
//   release-notes.md    what the changelogs say of this version
//   sbom-*.json         a bill of materials for each package, CycloneDX
//   SHA256SUMS
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { argv } from 'node:process';
import { composeNotes, sortForPublishing } from './lib/release.mjs';
import { listPackages, ROOT } from './lib/workspace.mjs';
import { pnpm } from './packed/commands.mjs';
import { packAll } from './packed/pack.mjs';

if (argv[2] === undefined) throw new Error('say into which folder: node scripts/pack-release.mjs <folder>');
const folder = resolve(argv[2]);
mkdirSync(folder, { recursive: true });

const packages = sortForPublishing(listPackages(ROOT).filter(({ manifest }) => !manifest.private));
const [{ manifest: newest }] = packages;
const tarballs = await packAll(folder);
const order = packages.map(
  ({ manifest: { name, version } }) => `${name} ${version} ${basename(tarballs[name])}\n`,
);
writeFileSync(join(folder, 'publish-order.txt'), order.join(''));
writeFileSync(join(folder, 'release-notes.md'), composeNotes(packages, newest.version));
const sbom = [
  'sbom',
  '--sbom-format',
  'cyclonedx',
  '--prod',
  // An SDK is installed by whoever wants that store, and belongs to their bill.
  '--exclude-peers',
  '--split',
  '--out',
  join(folder, 'sbom-%s.json'),
];
await pnpm(['--filter', './packages/*', ...sbom], ROOT);

const sums = readdirSync(folder)
  .filter((name) => name !== 'SHA256SUMS')
  .toSorted()
  .map((name) => `${hash(join(folder, name))}  ${name}\n`);
writeFileSync(join(folder, 'SHA256SUMS'), sums.join(''));
console.log(order.join(''));

function hash(path) {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}
