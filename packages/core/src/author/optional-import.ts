import { KeyError } from '../index.ts';
import type { RequiredPackage } from './backend-definition.ts';
import type { KeyPlace } from './key-place.ts';

/** Node, Bun, Deno, webpack and vite all put the name behind one of these; nothing else of the text is used. */
const MISSING_NAME =
  /(?:(?:Cannot|Could not) find (?:package|module)|Failed to resolve import|^Import) ['"]([^'"]+)['"]/i;
const NOT_FOUND: ReadonlySet<string> = new Set(['ERR_MODULE_NOT_FOUND', 'MODULE_NOT_FOUND']);

/** What a package that was written for a newer runtime fails with while it loads. */
const TOO_NEW: ReadonlySet<string> = new Set([
  'ERR_REQUIRE_ESM',
  'ERR_REQUIRE_ASYNC_MODULE',
  'ERR_UNKNOWN_BUILTIN_MODULE',
  'ERR_INVALID_ARG_TYPE',
  // Syntax that this runtime does not know, and "does not provide an export named …".
  'SyntaxError',
  // A member of a built-in module, or a global, that is not there yet: undici 8 fails so on Node 20.
  'TypeError',
  'ReferenceError',
]);

/**
 * Loads an SDK that is an optional peer. The import is handed in as a function, `() => import('@scope/sdk')`, so that
 * the name stays a literal which bundlers and dependency checks can see.
 *
 * @throws KeyError `invalid_config`: with the install command when that package is missing, with the version of Node
 * when it is too old for the package. No text of the loader is passed on.
 */
export async function optionalImport<Module>(
  load: () => Promise<Module>,
  requirement: RequiredPackage,
  where: KeyPlace = {},
): Promise<Module> {
  try {
    return await load();
  } catch (raw) {
    const upstream = upstreamName(raw);
    throw new KeyError({
      code: 'invalid_config',
      source: where.source,
      location: where.location,
      ...explain(raw, upstream, requirement),
      upstream: { name: upstream },
    });
  }
}

function explain(
  raw: unknown,
  upstream: string | undefined,
  { name, range }: RequiredPackage,
): { readonly message: string; readonly hint: string } {
  const install = `npm install ${quoteForShell(`${name}@${range}`)}`;
  if (isMissing(raw, name)) {
    return { message: `the package ${name} is not installed`, hint: `Run: ${install}` };
  }
  if (upstream !== undefined && NOT_FOUND.has(upstream)) {
    return { message: `a part of ${name}, or a package that it needs, is missing`, hint: `Run: ${install}` };
  }
  if (upstream === 'ERR_PACKAGE_PATH_NOT_EXPORTED') {
    return { message: `the installed version of ${name} does not fit`, hint: `Run: ${install}` };
  }
  if (upstream !== undefined && TOO_NEW.has(upstream)) {
    return {
      message: `the package ${name} is installed, but does not load on ${runtimeName()}`,
      hint: `Use a newer Node, or a version of the package made for this one: ${install}`,
    };
  }
  return {
    message: `the package ${name} is installed, but does not load`,
    hint: `See why with: node -e "import('${name}')"`,
  };
}

/** True for that very package, or a path inside it; a dependency of it that is missing is another matter. */
function isMissing(raw: unknown, name: string): boolean {
  if (!NOT_FOUND.has(upstreamName(raw) ?? '')) return false;
  const missing = MISSING_NAME.exec(textMember(raw, 'message') ?? '')?.[1];
  return missing === name || missing?.startsWith(`${name}/`) === true;
}

/** The loader's code, or the class of the error: identifiers alone. */
function upstreamName(raw: unknown): string | undefined {
  const code = textMember(raw, 'code');
  if (code !== undefined && /^[A-Z][A-Z_]{2,63}$/.test(code)) return code;
  const name = textMember(raw, 'name');
  return name !== undefined && /^[A-Z][A-Za-z]{2,63}$/.test(name) ? name : undefined;
}

function textMember(holder: unknown, name: string): string | undefined {
  const value = member(holder, name);
  return typeof value === 'string' ? value : undefined;
}

function member(holder: unknown, name: string): unknown {
  return typeof holder === 'object' && holder !== null ? Reflect.get(holder, name) : undefined;
}

function runtimeName(): string {
  const version = textMember(member(member(globalThis, 'process'), 'versions'), 'node');
  return version === undefined ? 'this runtime' : `Node ${version}`;
}

/** Ranges hold `^`, `|`, `<` and blanks, which shells take for their own. */
function quoteForShell(text: string): string {
  return /^[\w@/.^~-]+$/.test(text) ? text : `"${text}"`;
}
