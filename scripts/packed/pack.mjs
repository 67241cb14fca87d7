import { ROOT } from '../lib/workspace.mjs';
import { pnpm, tsc } from './commands.mjs';

/** Builds and packs all packages into the folder. Gives the path of each tarball by the package's name. */
export async function packAll(folder) {
  await tsc('typescript', ['-b'], ROOT);
  // Not `npm pack`: npm would leave `workspace:` ranges and the development exports in the manifest.
  const filter = ['--filter', './packages/*', 'pack', '--json', '--pack-destination', folder];
  const { stdout } = await pnpm(filter, ROOT);
  const packed = JSON.parse(stdout.slice(stdout.indexOf('[')));
  return Object.fromEntries(packed.map(({ name, filename }) => [name, filename]));
}
