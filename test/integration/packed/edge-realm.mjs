// Runs core and http in a realm with the globals of the web alone, as on an edge worker: whatever asks for a module of
// Node, or for `process` or `Buffer`, fails. Needs --experimental-vm-modules.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { fileURLToPath } from 'node:url';
import { createContext, SourceTextModule } from 'node:vm';
import { makeTestKey, startFakeMagicHourApi } from '@magic-hour-keys/testing';

/** The Minimum Common Web API (WinterTC), as far as a library like ours could want it. */
const WEB_GLOBALS = [
  ...['fetch', 'Headers', 'Request', 'Response', 'FormData', 'Blob', 'URL', 'URLSearchParams'],
  ...['AbortController', 'AbortSignal', 'Event', 'EventTarget', 'DOMException', 'crypto', 'performance'],
  ...['TextEncoder', 'TextDecoder', 'ReadableStream', 'WritableStream', 'TransformStream', 'structuredClone'],
  ...['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'queueMicrotask', 'atob', 'btoa'],
];

const PROGRAM = `
  import { createKeyProvider } from '@magic-hour-keys/core';
  import { createFetch } from '@magic-hour-keys/http';

  export async function handle({ origin, read }) {
    const events = [];
    const source = { name: 'bindings', location: 'the bindings of this worker', read };
    const provider = createKeyProvider(source, { onEvent: ({ type }) => events.push(type) });
    const send = createFetch(provider, { allowedOrigins: [origin], allowInsecureLoopback: true });
    const statuses = [];
    for (let call = 0; call < 2; call++) {
      const response = await send(origin + '/v1/ai-image-generator', { method: 'POST', body: '{}' });
      statuses.push(response.status);
    }
    const printed = String(await provider.getKey());
    await provider.close();
    return { events, statuses, printed, nodeIsThere: typeof process !== 'undefined' || typeof Buffer !== 'undefined' };
  }
`;

const context = createContext(Object.fromEntries(WEB_GLOBALS.map((name) => [name, globalThis[name]])));
const modules = new Map();

function loadModule(url, source) {
  const module = new SourceTextModule(source, {
    context,
    identifier: url,
    initializeImportMeta: (meta) => (meta.url = url),
    importModuleDynamically: async (specifier, importer) => {
      const found = await link(specifier, importer);
      if (found.status === 'unlinked') await found.link(link);
      await found.evaluate();
      return found;
    },
  });
  modules.set(url, module);
  return module;
}

async function link(specifier, { identifier }) {
  if (isBuiltin(specifier)) throw new Error(`${identifier} imports ${specifier}, which only Node has`);
  const url = specifier.startsWith('.')
    ? new URL(specifier, identifier).href
    : import.meta.resolve(specifier);
  return modules.get(url) ?? loadModule(url, await readFile(fileURLToPath(url), 'utf8'));
}

const [revoked, next] = [makeTestKey(), makeTestKey()];
const api = await startFakeMagicHourApi({ accept: [next] });
const program = loadModule(import.meta.url, PROGRAM);
await program.link(link);
await program.evaluate();

const values = [revoked, next];
const { events, statuses, printed, nodeIsThere } = await program.namespace.handle({
  origin: api.origin,
  read: async () => ({ value: values.shift() }),
});
assert.equal(nodeIsThere, false);
// Copied, because arrays of another realm are never deeply equal to ours.
assert.deepEqual([...statuses], [200, 200]);
assert.deepEqual(api.statusCounts, { 200: 2, 401: 1 });
assert.deepEqual([...events], ['resolved', 'rejected', 'changed', 'renewed']);
assert.equal(printed, `[ApiKey …${next.slice(-4)}]`);
await api.close();
console.log(`${modules.size - 1} files`);
