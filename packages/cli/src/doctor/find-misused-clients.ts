const SDK = Buffer.from('magic-hour');
/** `import Client from "magic-hour"`, `import { Client as X } …`, `const { Client } = require("magic-hour")`. */
const IMPORTS = [
  /\bimport\s+(?!type\b)([^'";]+?)\s+from\s+['"]magic-hour['"]/g,
  /\b(?:const|let|var)\s+([^=;]+?)\s*=\s*(?:await\s+import|require)\(\s*['"]magic-hour['"]\s*\)/g,
];

/**
 * Lines in which a client of the Magic Hour SDK is made with the option `apiKey`. The SDK calls it `token`; with
 * `apiKey` it sends no Authorization header, and says nothing (measured with 0.43.1).
 */
export function findMisusedClients(bytes: Buffer): readonly number[] {
  if (!bytes.includes(SDK)) return [];
  const code = withoutComments(bytes.toString());
  const names = IMPORTS.flatMap((pattern) =>
    [...code.matchAll(pattern)].flatMap(([, list = '']) => namesIn(list)),
  );
  return names.flatMap((name) => {
    const call = new RegExp(
      String.raw`\bnew\s+(?:\w+\.)?${name.replaceAll('$', String.raw`\$`)}(?:\.\w+)?\s*\(\s*\{([^}]*)\}`,
      'g',
    );
    return [...code.matchAll(call)]
      .filter(([, options = '']) => has('apiKey', options) && !has('token', options))
      .map(({ index }) => code.slice(0, index).split('\n').length);
  });
}

/** As a member of the object, not as a value in it. */
function has(member: string, options: string): boolean {
  return new RegExp(String.raw`(?:^|,)\s*['"]?${member}['"]?\s*(?:[:,]|$)`).test(options);
}

/** The local names of an import. */
function namesIn(list: string): readonly string[] {
  return list
    .replace(/\*\s*as\s+/, '')
    .split(/[{},]/)
    .map(
      (part) =>
        part
          .trim()
          .split(/\s+as\s+|\s*:\s*/)
          .at(-1) ?? '',
    )
    .filter((name) => /^[A-Za-z_$][\w$]*$/.test(name));
}

/** Lines stay where they are. A `//` in a text is taken for a comment, unless it belongs to a URL. */
function withoutComments(code: string): string {
  return code
    .replaceAll(/\/\*[\s\S]*?\*\//g, (comment) => comment.replaceAll(/[^\n]/g, ' '))
    .replaceAll(/(^|[^:'"`\\])\/\/[^\n]*/g, '$1');
}
