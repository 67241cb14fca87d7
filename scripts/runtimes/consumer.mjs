import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { rolldown } from 'rolldown';
import { ROOT } from '../lib/workspace.mjs';
import { installWithNpm } from '../packed/consumers.mjs';
import { packAll } from '../packed/pack.mjs';
import { SDKS } from '../packed/sdks.mjs';

/** The clients of test/integration/http/client-matrix/recipes.ts, each with its package, or '' for one of the runtime. */
export const CLIENTS = {
  fetch: '',
  'node:http': '',
  undici: 'undici',
  axios: 'axios',
  got: 'got',
  'node-fetch': 'node-fetch',
  ky: 'ky',
  ofetch: 'ofetch',
  'openapi-fetch': 'openapi-fetch',
  'graphql-request': 'graphql-request',
  'magic-hour': 'magic-hour',
};

/** A project of a stranger: the packed packages, all SDKs, all clients, and the programs. Gives its folder and entries. */
export async function prepareConsumer(folder) {
  const tarballs = await packAll(folder);
  const clients = Object.values(CLIENTS).filter((name) => name !== '');
  const consumer = await installWithNpm(join(folder, 'consumer'), tarballs, [...SDKS, ...clients, 'graphql']);
  await cp(join(ROOT, 'test/runtimes'), consumer.folder, { recursive: true });
  await buildClientProgram(join(consumer.folder, 'try-client.mjs'));
  return consumer;
}

/** All that is a package stays outside: ours are those that were packed. */
async function buildClientProgram(file) {
  const build = await rolldown({
    input: join(ROOT, 'test/integration/http/client-matrix/program.ts'),
    external: (id) => /^[\w@]/.test(id),
    platform: 'node',
  });
  await build.write({ file, format: 'esm' });
  await build.close();
}
