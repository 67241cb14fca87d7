// Writes the parts of docs/ that say what the code says: the options of each source and of the policy (docs/config.md),
// what each error means in each store (docs/errors), and the load of a fleet (docs/fleet.md). Each part stands between
// two comments and replaces what stood there. With --check it writes nothing, and fails when a file is not what would be
// written. Needs the built packages.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';
import { awsDefinition } from '@magic-hour-keys/aws/definition';
import { azureDefinition } from '@magic-hour-keys/azure/definition';
import { envDefinition } from '@magic-hour-keys/env/definition';
import { gcpDefinition } from '@magic-hour-keys/gcp/definition';
import { kubernetesDefinition } from '@magic-hour-keys/kubernetes/definition';
import { vaultDefinition } from '@magic-hour-keys/vault/definition';
import { renderFleetLoad } from './lib/fleet-load.mjs';
import { readTable, renderTable, tableBelow } from './lib/markdown-table.mjs';
import { readJson, ROOT } from './lib/workspace.mjs';

const DEFINITIONS = [
  envDefinition,
  awsDefinition,
  azureDefinition,
  gcpDefinition,
  vaultDefinition,
  kubernetesDefinition,
];

/** The text of every file with generated parts, by its path from the root, as it should be. */
export function renderDocs() {
  const schema = readJson(join(ROOT, 'packages/config/schema.json'));
  const config = { sources: renderSources(schema), policy: renderPolicy(schema) };
  const errors = readdirSync(join(ROOT, 'docs/errors'))
    .filter((name) => name !== 'README.md')
    .map((name) => [`docs/errors/${name}`, { stores: renderStores(name.replace(/\.md$/, '')) }]);
  const files = {
    'docs/config.md': config,
    'docs/fleet.md': { load: renderFleetLoad() },
    ...Object.fromEntries(errors),
  };
  return new Map(Object.entries(files).map(([path, parts]) => [path, fillIn(path, parts)]));
}

function fillIn(path, parts) {
  let text = readFileSync(join(ROOT, path), 'utf8');
  for (const [name, part] of Object.entries(parts)) {
    const [start, end] = [`<!-- generated:${name} -->\n`, `<!-- generated:end -->`];
    const [before, rest] = splitOnce(text, start, path);
    const [, after] = splitOnce(rest, end, path);
    text = `${before}${start}\n${part}\n${end}${after}`;
  }
  return text;
}

function splitOnce(text, separator, path) {
  const at = text.indexOf(separator);
  if (at < 0) throw new Error(`${path} has no ${separator.trim()}`);
  return [text.slice(0, at), text.slice(at + separator.length)];
}

function renderPolicy({ definitions }) {
  const rows = Object.entries(definitions.policy.properties).map(([name, { type, description }]) => {
    const [, text, fallback] = /^(.*) Default (.*)\.$/.exec(description) ?? [];
    const kind = type === 'string' ? 'duration' : type;
    return [`\`${name}\``, kind, `\`${fallback}\``, text];
  });
  return renderTable(['Member', 'Type', 'Default', 'Description'], rows);
}

function renderSources(schema) {
  return DEFINITIONS.map((definition) => renderSource(definition, schema)).join('\n');
}

function renderSource(definition, schema) {
  const { name, title, packageName, requires, interpolates = [] } = definition;
  const { properties, required } = findSource(name, schema);
  const defaults = readDefaults(name);
  const options = Object.entries(properties).filter(([option]) => !COMMON.has(option));
  const rows = options.map(([option, value]) => [
    `\`${option}\``,
    typeOf(value),
    defaults.get(option) ?? (required.includes(option) ? 'required' : ''),
    (value.description ?? 'How to log in; see below.').replace(/ Default: the method `default`[.]$/, ''),
  ]);
  const auth = schema.definitions[`${name}-auth`];
  const packages = requires.map(
    ({ name: needed, optional }) => `\`${needed}\`${optional ? ' (for some options)' : ''}`,
  );
  return [
    `### \`"source": "${name}"\``,
    `${title}: package [\`${packageName}\`](../packages/${name}/README.md)${packages.length > 0 ? `, with ${packages.join(' and ')}` : ''}.`,
    renderTable(['Option', 'Type', 'Default', 'Description'], rows).trimEnd(),
    `\`\${NAME}\` is replaced in: ${interpolates.map((option) => `\`${option}\``).join(', ')}.`,
    ...describeVariables(definition, auth),
    ...(auth
      ? [`Login of \`${name}\`, the members of \`auth\` for each \`method\`:`, renderAuth(auth).trimEnd()]
      : []),
    '',
  ]
    .join('\n\n')
    .replace(/\n+$/, '\n');
}

/** Those of all methods, because a table of each would say the same four times. */
function describeVariables({ credentialVariables }, auth) {
  const methods = auth ? methodsOf(auth).map((method) => ({ auth: { method } })) : [{}];
  const all = methods.flatMap((options) => credentialVariables?.(options) ?? []);
  const variables = new Map(all.map(({ name, secret }) => [name, secret]));
  if (variables.size === 0) return [];
  const names = [...variables].map(([name, secret]) => `\`${name}\`${secret ? ' (secret)' : ''}`);
  return [`A read looks at these variables by itself, as far as its method uses them: ${names.join(', ')}.`];
}

function methodsOf({ anyOf, oneOf }) {
  return (anyOf ?? oneOf).map(({ properties }) => properties.method.const);
}

/** Those that every environment has. */
const COMMON = new Set(['source', 'policy', 'extends', 'description']);

function findSource(name, { properties }) {
  const kinds = properties.environments.additionalProperties.anyOf;
  return kinds.find((kind) => kind.properties.source?.const === name && kind.required.includes('source'));
}

/** From the table of the README, which is tested against the code; a definition does not hold all of them. */
function readDefaults(name) {
  const readme = readFileSync(join(ROOT, 'packages', name, 'README.md'), 'utf8');
  const rows = readTable(tableBelow(readme, '<!-- options:start -->'));
  return new Map(rows.map(({ Option, Default }) => [Option.replaceAll('`', ''), Default]));
}

function renderAuth({ anyOf, oneOf }) {
  const rows = (anyOf ?? oneOf).flatMap(({ properties, required }) => {
    const { method, ...members } = properties;
    const entries = Object.entries(members);
    if (entries.length === 0) return [[`\`"${method.const}"\``, '', '', '']];
    return entries.map(([member, value], index) => [
      index === 0 ? `\`"${method.const}"\`` : '',
      `\`${member}\``,
      `${typeOf(value)}${required.includes(member) ? ', required' : ''}`,
      value.description ?? '',
    ]);
  });
  return renderTable(['Method', 'Member', 'Type', 'Description'], rows);
}

function typeOf({ type, $ref, anyOf, enum: values }) {
  if ($ref) return 'object';
  if (values) return values.map((value) => `\`${JSON.stringify(value)}\``).join(', ');
  if (anyOf) return anyOf.some((kind) => kind.type === 'string') ? 'string or reference' : 'reference';
  if (type === 'array') return 'array of strings';
  return type === 'integer' ? 'number' : type;
}

/** What the README of each package says about the code. */
function renderStores(code) {
  const rows = [...DEFINITIONS.map(({ name, title }) => [name, title]), ['http', 'HTTP clients']].flatMap(
    ([name, title]) =>
      readErrors(name)
        .filter(({ Code }) => Code.split(/,| and /).some((part) => part.trim() === `\`${code}\``))
        .map((row) => [
          `[${title}](../../packages/${name}/README.md)`,
          row['What it means'],
          row['What to do'],
        ]),
  );
  if (rows.length === 0) return 'No store gives this code by itself.\n';
  return renderTable(['Where', 'What it means there', 'What to do'], rows);
}

function readErrors(name) {
  const readme = readFileSync(join(ROOT, 'packages', name, 'README.md'), 'utf8');
  return readTable(tableBelow(readme, '## Errors and what to do'));
}

function main() {
  const isCheck = argv.includes('--check');
  const stale = [...renderDocs()].filter(([path, text]) => readFileSync(join(ROOT, path), 'utf8') !== text);
  for (const [path, text] of stale) if (!isCheck) writeFileSync(join(ROOT, path), text);
  if (stale.length === 0) return console.log('the generated parts of docs/ are up to date');
  const paths = stale.map(([path]) => path).join(', ');
  if (!isCheck) return console.log(`wrote ${paths}`);
  console.error(`${paths}: not what the code says; run: npm run docs`);
  process.exitCode = 1;
}

if (resolve(argv[1] ?? '') === fileURLToPath(import.meta.url)) main();
