// Writes packages/config/schema.json, which editors use, from the schema that the configuration is checked against.
// With --check it writes nothing, and fails when the file is not what would be written. Needs the built packages.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { argv } from 'node:process';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { ROOT, shown } from './lib/workspace.mjs';

const packageFolder = join(ROOT, 'packages/config');
const target = join(packageFolder, 'schema.json');
const TITLE = 'Magic Hour Keys: where the API key is kept, for each environment';

/** The text of the file, for the exports of config-schema.ts. Draft 7, because that is what editors know best. */
export async function renderJsonSchema({ configSchema, sharedSchemas }) {
  // A development dependency of the package, not of the workspace.
  const resolveFrom = createRequire(join(packageFolder, 'package.json')).resolve;
  const { toJsonSchema } = await import(pathToFileURL(resolveFrom('@valibot/to-json-schema')).href);
  const { $schema, $defs, ...schema } = toJsonSchema(configSchema, {
    typeMode: 'input',
    target: 'draft-07',
    definitions: sharedSchemas,
  });
  const text = JSON.stringify({ $schema, title: TITLE, ...schema, definitions: $defs }, dropExpectation, 2);
  // Draft 7 has its shared parts under another name.
  return `${text.replaceAll('"#/$defs/', '"#/definitions/')}\n`;
}

/** Made for our own messages; to a strict validator it is an unknown keyword. */
function dropExpectation(name, value) {
  return name === 'expectation' && typeof value === 'string' ? undefined : value;
}

async function main() {
  const built = join(packageFolder, 'dist/config-schema.js');
  if (!existsSync(built)) throw new Error(`${shown(ROOT, built)} is missing; run the build first`);
  const text = await renderJsonSchema(await import(pathToFileURL(built).href));
  const path = shown(ROOT, target);
  if (!argv.includes('--check')) {
    writeFileSync(target, text);
    return console.log(`wrote ${path}`);
  }
  const isCurrent = existsSync(target) && readFileSync(target, 'utf8') === text;
  if (isCurrent) return console.log(`${path} is up to date`);
  console.error(`${path} differs from the schema in code; run: node scripts/generate-schema.mjs`);
  process.exitCode = 1;
}

if (resolve(argv[1] ?? '') === fileURLToPath(import.meta.url)) await main();
