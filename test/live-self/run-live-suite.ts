import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

export interface LiveRun {
  readonly exitCode: number;
  /** What it printed, without colours. */
  readonly output: string;
}

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const VITEST = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs');

/** `npm run test:live` as a process of its own, with these variables of the suite and no others. */
export async function runLiveSuite(
  variables: Readonly<Record<string, string>>,
  ...files: readonly string[]
): Promise<LiveRun> {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(?:MHK_|AWS_|AZURE_|GOOGLE_|VAULT_|KUBE|VITEST|NODE_OPTIONS|FORCE_COLOR)/.test(name),
  );
  const child = spawn(process.execPath, [VITEST, 'run', '--project', 'live', ...files], {
    cwd: ROOT,
    env: { ...Object.fromEntries(inherited), NO_COLOR: '1', ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [printed, complained, [exitCode]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number]>,
  ]);
  return { exitCode, output: `${printed}\n${complained}` };
}
