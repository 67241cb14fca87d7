import { readFileSync } from 'node:fs';
import { parseSync } from 'oxc-parser';

/** The syntax tree of a file. A text search would also find imports in comments and strings. */
export function parseFile(path) {
  const { program, errors } = parseSync(path, readFileSync(path, 'utf8'));
  if (errors.length > 0) throw new Error(`${path} does not parse: ${errors[0].message}`);
  return program;
}

/** Calls `visit` for every node, parents before children. */
export function walk(node, visit) {
  if (Array.isArray(node)) {
    for (const item of node) walk(item, visit);
  } else if (node !== null && typeof node === 'object') {
    if (typeof node.type === 'string') visit(node);
    for (const child of Object.values(node)) walk(child, visit);
  }
}

/**
 * The imports of one file: `specifier` (undefined where it is computed) and `kind`, which is "static", "dynamic" or
 * "type" (gone after compilation). `import { type X }` counts as static, because verbatimModuleSyntax keeps the import.
 */
export function readImports(path) {
  const imports = [];
  walk(parseFile(path), (node) => {
    const found = importOf(node);
    if (found) imports.push(found);
  });
  return imports;
}

function importOf(node) {
  switch (node.type) {
    case 'ImportDeclaration':
      return { specifier: node.source.value, kind: node.importKind === 'type' ? 'type' : 'static' };
    case 'ExportNamedDeclaration':
    case 'ExportAllDeclaration':
      if (!node.source) return undefined;
      return { specifier: node.source.value, kind: node.exportKind === 'type' ? 'type' : 'static' };
    case 'ImportExpression':
      return { specifier: literalOf(node.source), kind: 'dynamic' };
    case 'TSImportType':
      return { specifier: literalOf(node.source ?? node.argument?.literal), kind: 'type' };
    case 'TSExternalModuleReference':
      return { specifier: literalOf(node.expression), kind: 'static' };
    case 'CallExpression':
      if (node.callee.type !== 'Identifier' || node.callee.name !== 'require') return undefined;
      return { specifier: literalOf(node.arguments[0]), kind: 'static' };
    default:
      return undefined;
  }
}

function literalOf(node) {
  return node?.type === 'Literal' && typeof node.value === 'string' ? node.value : undefined;
}

/** The names that a file exports; `*` stands for a re-export of everything. */
export function readExportedNames(path) {
  const names = [];
  for (const node of parseFile(path).body) {
    if (node.type === 'ExportAllDeclaration') names.push('*');
    if (node.type === 'ExportDefaultDeclaration') names.push('default');
    if (node.type !== 'ExportNamedDeclaration') continue;
    for (const specifier of node.specifiers) names.push(specifier.exported.name ?? specifier.exported.value);
    if (node.declaration?.id) names.push(node.declaration.id.name);
    for (const declared of node.declaration?.declarations ?? []) names.push(declared.id.name);
  }
  return names;
}
