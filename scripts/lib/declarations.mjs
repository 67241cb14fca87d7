import { dirname, join } from 'node:path';
import { readFileSync } from 'node:fs';
import { parseSync } from 'oxc-parser';
import { walk } from './syntax.mjs';

/**
 * Reads `.d.ts` files as the compiler writes them, each once. `findExports(file)` gives the declaration behind each
 * name that an entry exports, `findReferences(declaration)` those that a declaration mentions, and `as` what. A
 * declaration has `file`, `name` and `texts` (several for overloads); one of another package has `from` and `name` alone.
 */
export function createDeclarationReader() {
  const modules = new Map();

  function read(file) {
    if (!modules.has(file)) modules.set(file, readModule(file));
    return modules.get(file);
  }

  function findExports(file) {
    const { exports, stars } = read(file);
    const own = [...exports].map(([name, local]) => [name, resolve(file, local)]);
    const others = stars.flatMap((specifier) => [...findExports(pathOf(file, specifier))]);
    return new Map([...others, ...own]);
  }

  /** `local` is a name of the file, or `{ specifier, name }` of a re-export. */
  function resolve(file, local) {
    const { declarations, imports } = read(file);
    const source = typeof local === 'string' ? imports.get(local) : local;
    if (!source) {
      const texts = declarations.get(local);
      if (!texts) throw new Error(`${file}: no declaration of ${local}`);
      return { file, name: local, ...texts };
    }
    if (!source.specifier.startsWith('.')) return { from: source.specifier, name: source.name };
    const found = findExports(pathOf(file, source.specifier)).get(source.name);
    if (!found) throw new Error(`${file}: ${source.specifier} exports no ${source.name}`);
    return found;
  }

  function findReferences({ file, name, mentioned }) {
    const { declarations, imports } = read(file);
    const known = [...mentioned].filter((other) => declarations.has(other) || imports.has(other));
    return known.filter((other) => other !== name).map((as) => ({ ...resolve(file, as), as }));
  }

  return { findExports, findReferences };
}

function pathOf(file, specifier) {
  return join(dirname(file), specifier.replace(/\.[jt]s$/, '.d.ts'));
}

function readModule(file) {
  const text = readFileSync(file, 'utf8');
  const { program, comments, errors } = parseSync(file, text);
  if (errors.length > 0) throw new Error(`${file} does not parse: ${errors[0].message}`);
  const module = { declarations: new Map(), imports: new Map(), exports: new Map(), stars: [] };
  for (const statement of program.body) note(statement);
  return module;

  function note(statement) {
    switch (statement.type) {
      case 'ImportDeclaration':
        return noteImports(statement);
      case 'ExportAllDeclaration':
        return module.stars.push(statement.source.value);
      case 'ExportNamedDeclaration':
        return noteExports(statement);
      default:
        return noteDeclaration(statement);
    }
  }

  function noteImports({ source, specifiers }) {
    for (const { type, local, imported } of specifiers) {
      const whole = type === 'ImportNamespaceSpecifier' ? '*' : 'default';
      module.imports.set(local.name, { specifier: source.value, name: imported?.name ?? whole });
    }
  }

  function noteExports({ source, specifiers, declaration }) {
    if (declaration) for (const name of noteDeclaration(declaration)) module.exports.set(name, name);
    for (const { local, exported } of specifiers) {
      module.exports.set(exported.name, source ? { specifier: source.value, name: local.name } : local.name);
    }
  }

  function noteDeclaration(node) {
    const names = node.id ? [node.id.name] : (node.declarations ?? []).map(({ id }) => id.name);
    if (names.length === 0) throw new Error(`${file}: ${node.type} is not known here`);
    for (const name of names) {
      const found = module.declarations.get(name) ?? { texts: [], mentioned: new Set() };
      found.texts.push(withoutComments(node));
      for (const other of listNames(node)) found.mentioned.add(other);
      module.declarations.set(name, found);
    }
    return names;
  }

  function withoutComments({ start, end }) {
    let kept = '';
    let at = start;
    for (const comment of comments.filter((found) => found.start >= start && found.end <= end)) {
      kept += text.slice(at, comment.start);
      at = comment.end;
    }
    return (kept + text.slice(at, end)).replaceAll(/\s*\n\s*/g, '\n').replace(/^declare /, '');
  }
}

/** Every name in the node, but not those of members: they are names of something else. */
function listNames(node) {
  const members = new Set();
  const names = new Set();
  walk(node, (child) => {
    if (child.key && !child.computed) members.add(child.key);
    if (child.type === 'TSQualifiedName') members.add(child.right);
    if (child.type === 'Identifier' && !members.has(child)) names.add(child.name);
  });
  return names;
}
