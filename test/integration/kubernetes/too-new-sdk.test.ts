import { execFile } from 'node:child_process';
import { cp, mkdir, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { makeFolder } from './kubernetes-world.ts';

const run = promisify(execFile);
const PACKAGES = fileURLToPath(new URL('../../../packages/', import.meta.url));

/** Fails as client-node 2.0.1 does on Node 20: two modules of it import a CommonJS module that throws. */
const BROKEN_SDK = {
  'package.json': '{"name":"@kubernetes/client-node","version":"2.0.1","type":"module","main":"index.js"}',
  'index.js': `import './one.js'; import './two.js';`,
  'one.js': `import './broken.cjs';`,
  'two.js': `import './broken.cjs';`,
  'broken.cjs': `const { createNoSuchThing } = require('node:zlib'); createNoSuchThing.bind(null);`,
};

const READ = `
  import { kubernetesKeySource } from '@magic-hour-keys/kubernetes';
  const source = kubernetesKeySource({ name: 'x', auth: { method: 'kubeconfig', file: 'package.json' } });
  const reading = source.read({ signal: new AbortController().signal, reason: 'initial' });
  console.log(await reading.catch(({ code, hint }) => code + ': ' + hint));
  setTimeout(() => console.log('still here'), 50);`;

test('a client-node that is too new for this Node is told, and does not end the process', async (context) => {
  const [major = 0] = process.versions.node.split('.').map(Number);
  if (major >= 22) context.skip('client-node 2 loads on this Node');
  if (!existsSync(join(PACKAGES, 'kubernetes/dist/index.js'))) context.skip('the package is not built');
  const folder = await makeFolder();
  const modules = join(folder, 'node_modules');
  const sdk = join(modules, '@kubernetes/client-node');
  await mkdir(sdk, { recursive: true });
  for (const [name, text] of Object.entries(BROKEN_SDK)) await writeFile(join(sdk, name), text);
  for (const name of ['core', 'kubernetes']) {
    for (const part of ['dist', 'package.json']) {
      const target = join(modules, '@magic-hour-keys', name, part);
      await cp(join(PACKAGES, name, part), target, { recursive: true });
    }
  }
  await writeFile(join(folder, 'package.json'), '{"type":"module"}');
  await writeFile(join(folder, 'read.js'), READ);
  const { stdout } = await run(process.execPath, ['read.js'], { cwd: folder });
  expect(stdout).toMatch(/^invalid_config: .*npm install @kubernetes\/client-node@\^1\.2\.0\nstill here\n$/);
});
