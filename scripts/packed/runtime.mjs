import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { node, npx } from './commands.mjs';

export async function checkRuntime({ check }, { folder, entries }) {
  await check(`import() of ${entries.length} entries prints nothing`, () =>
    expectSilence(['import-all.mjs', ...entries], folder),
  );
  await check(`require() of ${entries.length} entries prints nothing`, () =>
    expectSilence(['require-all.cjs', ...entries], folder),
  );
  await check('an ES module loads the key from a JSON config and sends it', () =>
    expectSilence(['send-request.mjs'], folder),
  );
  await check('a CommonJS module loads the key from a JSON config and sends it', () =>
    expectSilence(['send-request.cjs'], folder),
  );
}

/** A warning on stderr, such as Node's about experimental features, would reach every user. */
async function expectSilence(args, folder) {
  const { stdout, stderr } = await node(args, folder);
  if (stdout + stderr !== '') throw new Error(`printed:\n${stdout}${stderr}`);
}

/** Through the SDKs that are installed, from stand-ins of these stores; of all by default. */
export async function checkStores({ check }, { folder }, stores = []) {
  await check('a JSON config reads each store through its SDK', async () => {
    const { stdout, stderr } = await node(['every-store.mjs', ...stores], folder);
    if (stderr !== '') throw new Error(`printed:\n${stderr}`);
    return stdout.trim().replaceAll(' ok', '').split('\n').join('; ');
  });
}

/** Stopped and let go on as a Lambda is, through the SDK of AWS. */
export async function checkFrozenProcess({ check }, { folder }) {
  await check(
    'a process that is frozen between calls goes on after a rotation, and ends by itself',
    async () => {
      if (process.platform === 'win32') return 'left out: Windows cannot stop a process';
      const { stdout, stderr } = await node(['freeze-handler.mjs'], folder);
      if (stderr !== '') throw new Error(`printed:\n${stderr}`);
      return stdout.trim().split('\n').join('; ');
    },
  );
}

export async function checkEdgeRealm({ check }, { folder }) {
  await check('core and http work where there is nothing of Node', async () => {
    const flags = ['--experimental-vm-modules', '--no-warnings'];
    const { stdout } = await node([...flags, 'edge-realm.mjs'], folder);
    return stdout.trim();
  });
}

export async function checkCommandLine({ check }, { folder }) {
  const project = join(folder, 'project');
  await mkdir(project);
  await writeFile(join(project, 'package.json'), '{}');
  const key = `mhk_test_${'Ab3'.repeat(10)}`;
  await check('npx mhk get, without a key: exit code 66', () => expectExit(project, ['mhk', 'get'], {}, 66));
  await check('npx mhk get, with a key: exit code 0 and never the key', () =>
    expectExit(project, ['mhk', 'get'], { MAGIC_HOUR_API_KEY: key }, 0, key),
  );
  await check('npx mhk gte: exit code 64', () => expectExit(project, ['mhk', 'gte'], {}, 64));
}

async function expectExit(project, command, env, expected, secret) {
  const { MAGIC_HOUR_API_KEY: _key, MAGIC_HOUR_ENV: _env, NODE_ENV: _node, ...inherited } = process.env;
  const call = npx(['--no-install', ...command], project, { ...inherited, ...env });
  const { code = 0, stdout, stderr } = await call.catch((error) => error);
  if (code !== expected) throw new Error(`exit code ${code}\n${stdout}${stderr}`);
  if (secret && (stdout + stderr).includes(secret)) throw new Error('the key was printed');
}
