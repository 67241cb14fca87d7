import { stat } from 'node:fs/promises';
import { join } from 'node:path';

const INSTALL_SCRIPTS = ['preinstall', 'install', 'postinstall', 'prepare', 'prepublish'];
const OF_THE_WORKSPACE = /@magic-hour-keys\/source|workspace:|catalog:/;

export async function checkManifests({ check }, { installed }) {
  await check('no package runs a script when it is installed', () => {
    for (const { name, manifest } of installed) {
      const found = INSTALL_SCRIPTS.filter((script) => manifest.scripts?.[script]);
      if (found.length > 0) throw new Error(`${name} has ${found.join(', ')}`);
    }
  });
  await check('no manifest points at sources or at the workspace', () => {
    for (const { name, manifest } of installed) {
      const { exports, dependencies, peerDependencies } = manifest;
      const found = OF_THE_WORKSPACE.exec(JSON.stringify({ exports, dependencies, peerDependencies }));
      if (found) throw new Error(`${name} has "${found[0]}"`);
    }
  });
  await check('every file that a manifest names is there, and no build state', async () => {
    for (const { path, manifest } of installed) {
      const targets = [...Object.values(manifest.exports), ...Object.values(manifest.bin ?? {})];
      const files = targets.flatMap((target) =>
        typeof target === 'string' ? target : Object.values(target),
      );
      await Promise.all([...files, 'LICENSE', 'README.md'].map((file) => stat(join(path, file))));
      await stat(join(path, 'dist/.tsbuildinfo')).then(
        () => Promise.reject(new Error(`${path} has a .tsbuildinfo`)),
        () => undefined,
      );
    }
  });
}
