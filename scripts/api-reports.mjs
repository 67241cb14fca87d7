// Writes packages/*/api-report.md: everything that a package exports, as its declarations say it, so that a change of
// the public API is seen in the diff. With --check it writes nothing, and fails when a report is not what would be
// written. Needs the built packages.
//   node scripts/api-reports.mjs [--check] [--root folder]
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { format } from 'oxfmt';
import { byText } from './lib/conformance-reporter.mjs';
import { createDeclarationReader } from './lib/declarations.mjs';
import { finish, listPackages, readJson, ROOT, shown } from './lib/workspace.mjs';

const { values } = parseArgs({ options: { root: { type: 'string' }, check: { type: 'boolean' } } });
const { check: isCheck } = values;
const root = resolve(values.root ?? ROOT);
const { ignorePatterns: _patterns, ...style } = readJson(join(ROOT, '.oxfmtrc.json'));
const reader = createDeclarationReader();
const packages = listPackages(root);
const faults = [];
for (const entry of packages) {
  const path = join(entry.folder, 'api-report.md');
  const text = await renderPackage(entry);
  if (!isCheck) writeFileSync(path, text);
  else faults.push(...compare(path, text));
}
finish(faults, `api: ${packages.length} reports ${isCheck ? 'are up to date' : 'written'}`);

function compare(path, text) {
  const lines = existsSync(path) ? readFileSync(path, 'utf8').split('\n') : [];
  const now = text.split('\n');
  const index = now.findIndex((line, at) => line !== lines[at]);
  if (index === -1 && lines.length === now.length) return [];
  const at = index === -1 ? now.length : index;
  return [
    `${shown(root, path)}:${at + 1}: the report has "${lines[at] ?? ''}", the code "${now[at] ?? ''}"; if that is wanted: npm run api`,
  ];
}

async function renderPackage({ folder, manifest }) {
  const entries = Object.entries(manifest.exports)
    .filter(([, target]) => target.types)
    .map(([subpath, { types }]) => ({
      name: manifest.name + subpath.slice(1),
      exports: reader.findExports(join(folder, types)),
    }));
  const text = [
    `# API of ${manifest.name}`,
    'Written by `npm run api` from the declarations that are published; do not edit.',
    ...entries.map((entry) => renderEntry(entry, entries)),
  ].join('\n\n');
  const { code, errors } = await format('api-report.md', text, style);
  if (errors.length > 0) throw new Error(`${manifest.name}: ${errors[0].message}`);
  return code;
}

function renderEntry(entry, entries) {
  const exported = [...entry.exports].toSorted(([a], [b]) => byText(a, b));
  const { own, others } = followReferences(exported, entry, entries);
  const lines = [
    ...exported.map(([name, declaration]) => renderExport(name, declaration)),
    ...(own.length > 0 ? ['// Not exported, and part of what is:'] : []),
    ...own.map(({ texts }) => texts.join('\n')),
  ];
  const imports = [...others]
    .toSorted(([a], [b]) => byText(a, b))
    .map(([home, names]) => renderImport(home, [...names].toSorted(byText)));
  return [`## ${entry.name}`, '```ts', ...imports, '', lines.join('\n\n'), '```'].join('\n');
}

function renderExport(name, { texts, from, name: local }) {
  const names = name === local ? name : `${local} as ${name}`;
  if (from) return `export { ${names} } from '${from}';`;
  const declared = texts.map((text) => (/^(?:interface|type) /.test(text) ? text : `declare ${text}`));
  if (name !== local) return [...declared, `export { ${names} };`].join('\n');
  return declared.map((text) => `export ${text}`).join('\n');
}

/** A namespace, as `* as name`, has a statement of its own. */
function renderImport(home, names) {
  const whole = names.filter((name) => name.startsWith('*'));
  const single = names.filter((name) => !name.startsWith('*'));
  const clauses = [...whole, ...(single.length > 0 ? [`{ ${single.join(', ')} }`] : [])];
  return clauses.map((clause) => `import type ${clause} from '${home}';`).join('\n');
}

/**
 * What the exports are made of: declarations of this package that no entry exports, and the names that come from
 * elsewhere, as `Name` or `Name as Other`, by the module that exports them.
 */
function followReferences(exported, entry, entries) {
  const seen = new Set();
  const own = new Map();
  const others = new Map();
  const queue = exported.map(([, declaration]) => declaration);
  for (const declaration of queue) {
    const id = idOf(declaration);
    if (seen.has(id) || declaration.from) continue;
    seen.add(id);
    for (const reference of reader.findReferences(declaration)) {
      const { name, as } = reference;
      const home = reference.from ?? findHome(reference, entry, entries);
      if (!home) queue.push(reference);
      if (!home && !isExportedBy(entry, reference)) own.set(idOf(reference), reference);
      // A name of the same entry is told only where it is used by another name.
      if (home || name !== as) {
        const names = others.get(home ?? entry.name) ?? new Set();
        others.set(home ?? entry.name, names.add(name === as ? name : `${name} as ${as}`));
      }
    }
  }
  return { own: [...own.values()].toSorted((a, b) => byText(a.name, b.name)), others };
}

/** Another entry of the package, in whose part of the report the declaration stands. */
function findHome(reference, entry, entries) {
  if (isExportedBy(entry, reference)) return undefined;
  return entries.find((other) => isExportedBy(other, reference))?.name;
}

function isExportedBy({ exports }, reference) {
  return [...exports.values()].some((declaration) => idOf(declaration) === idOf(reference));
}

function idOf({ file, from, name }) {
  return `${file ?? from}#${name}`;
}
