import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const PACKAGES = fileURLToPath(new URL('../../packages/', import.meta.url));
const PEERS = fileURLToPath(new URL('./peers/', import.meta.url));
const MOST_CORE_BYTES = 8000;
/** For development, and a program. */
const LEFT_OUT = ['testing', 'cli'];
const PEER_NAMES = [
  'dotenv',
  'lru-cache',
  '@smithy/property-provider',
  'async-cache-dedupe',
  'bentocache',
  'google-auth-library',
];

export const size = {
  name: 'size',
  title:
    'one entry with all its exports, bundled and minified; of ours without other packages, of peers with theirs',
  rows: [
    ...ourEntries().map(({ name, path }) => ({
      name: `ours: ${name}`,
      path,
      ...(name === 'core' && {
        wanted: `≤ ${MOST_CORE_BYTES / 1000} kB gzipped`,
        isReached: ({ gzipped }) => gzipped <= MOST_CORE_BYTES,
      }),
    })),
    ...PEER_NAMES.map((name) => ({ name, peer: name })),
  ],
  measureTogether: (rows) => Promise.all(rows.map(measure)),
  columns: ({ minified, gzipped }) => ({
    'minified kB': (minified / 1000).toFixed(2),
    'gzipped kB': (gzipped / 1000).toFixed(2),
  }),
};

/** Each subpath that can be imported. */
function ourEntries() {
  return readdirSync(PACKAGES)
    .filter((folder) => !LEFT_OUT.includes(folder))
    .toSorted((a, b) => Number(b === 'core') - Number(a === 'core'))
    .flatMap((folder) => {
      const { exports = {} } = JSON.parse(readFileSync(join(PACKAGES, folder, 'package.json'), 'utf8'));
      return Object.entries(exports).flatMap(([subpath, target]) =>
        target.default ? [{ name: join(folder, subpath), path: join(PACKAGES, folder, target.default) }] : [],
      );
    });
}

async function measure(row) {
  if (row.path && !existsSync(row.path)) return { failure: 'not built' };
  try {
    const code = await bundle(row.path ? ours(row.path) : peer(row.peer));
    return { minified: Buffer.byteLength(code), gzipped: gzipSync(code, { level: 9 }).length };
  } catch (error) {
    return { failure: String(error.message).split('\n')[0] };
  }
}

async function bundle(options) {
  // Only here, because every process of a row loads this module.
  const { rolldown } = await import('rolldown');
  const build = await rolldown({ platform: 'node', logLevel: 'silent', ...options });
  // Without the notes for bundlers, as a program's last build has them.
  const comments = { annotation: false, jsdoc: false, legal: false };
  const { output } = await build.generate({ format: 'esm', minify: true, comments });
  await build.close();
  return output.map(({ code = '' }) => code).join('\n');
}

function ours(path) {
  return { input: path, external: (id) => !id.startsWith('.') && !isAbsolute(id) };
}

/** Many are CommonJS, whose exports are not known before they run: so all of it is kept. */
function peer(name) {
  const entry = join(PEERS, 'all.mjs');
  const virtual = {
    name: 'all-of-a-peer',
    resolveId: (id) => (id === entry ? id : undefined),
    load: (id) => (id === entry ? `import * as all from '${name}'; export { all };` : undefined),
  };
  return { input: entry, plugins: [virtual] };
}
