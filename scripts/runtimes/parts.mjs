import { CLIENTS } from './consumer.mjs';

const STORES = ['aws', 'azure', 'kubernetes', 'kubernetes, mounted', 'vault'];

/**
 * What is run on each runtime, from the packed packages. A part is one program, or the same with each of several items,
 * every one in a process of its own; `only` names the one runtime that it is for. `programArgs` may need the entries of the packages. `judge` reads what a program
 * says of itself where its exit code is not all.
 */
export const PARTS = [
  { id: 'import', program: 'import-all.mjs', programArgs: (entries) => entries, tells: 'every entry' },
  { id: 'require', program: 'require-all.cjs', programArgs: (entries) => entries, tells: 'every entry' },
  { id: 'sources', program: 'sources.mjs' },
  { id: 'refusal of .env', program: 'env-file-refused.mjs', tells: 'is not read' },
  { id: 'least privilege', program: 'least-privilege.mjs', only: 'deno' },
  { id: 'life', program: 'life.mjs' },
  { id: 'process end', program: 'process-end.mjs', tells: 'by itself' },
  { id: 'events', program: 'events.mjs' },
  { id: 'leaks', program: 'leaks.mjs' },
  { id: 'mhk', program: 'command-line.mjs' },
  {
    id: 'stores',
    items: [
      ...STORES.map((name) => ({ name, program: 'every-store.mjs', programArgs: [name] })),
      { name: 'gcp by gRPC', program: 'gcp.mjs', programArgs: ['grpc'] },
      { name: 'gcp by REST', program: 'gcp.mjs', programArgs: ['rest'] },
    ],
  },
  {
    id: 'cancelled calls',
    items: [
      { name: 'cancelled reads of a store', program: 'cancelled.mjs', programArgs: ['store'] },
      { name: 'cancelled fetch', program: 'cancelled.mjs', programArgs: ['fetch'] },
      { name: 'cancelled requests of node:http', program: 'cancelled.mjs', programArgs: ['node:http'] },
    ],
  },
  {
    id: 'errors of clients',
    items: ['fetch', 'node:http', 'axios', 'got'].map((name) => ({
      name,
      program: 'client-errors.mjs',
      programArgs: [name],
    })),
  },
  {
    id: 'clients',
    items: Object.entries(CLIENTS).map(([name, packageName]) => ({
      name,
      program: 'try-client.mjs',
      programArgs: [name, packageName],
      judge: (run, runtime) => judgeClient(run, { isOverFetch: OVER_FETCH.has(name), runtime }),
    })),
  },
];

/** `createFetch` trusts the fetch of Node alone to take the key off a redirect; on others none is followed. */
const OVER_FETCH = new Set(['fetch', 'ky', 'ofetch', 'openapi-fetch', 'graphql-request']);
const FOLLOWS_NONE = '0 requests came by the redirect';

/** The program's last line has `loadError`, or `faults`. */
function judgeClient({ stdout }, { isOverFetch, runtime }) {
  const { loadError, faults = ['it printed no result'] } = readLastLine(stdout);
  if (loadError) return [`it does not load: ${loadError}`];
  if (!isOverFetch || runtime.id.startsWith('node')) return faults;
  if (!faults.includes(FOLLOWS_NONE)) return [...faults, 'it followed the redirect, or nobody looked'];
  return faults.filter((fault) => fault !== FOLLOWS_NONE);
}

function readLastLine(printed) {
  try {
    return JSON.parse(printed.trim().split('\n').at(-1));
  } catch {
    return {};
  }
}
