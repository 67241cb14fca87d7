import { spawn } from 'node:child_process';
import { mkdir, open, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { builtChild } from './build.ts';
import type { SinkText } from './cell-sinks.ts';
import type { SourceUnderTest } from './source-under-test.ts';
import { CAME_TO_ITS_END, ORDER_FILE, PLANTED, type CrashOrder } from './crash-order.ts';

export interface Crash {
  /** What the process printed, and every file that it left behind. */
  readonly texts: readonly SinkText[];
  readonly exitCode: number | null;
  readonly stdout: string;
}

/** What Node itself can be made to print about files, sockets, requests, modules and processes. */
const ALL_BUT_STREAMS =
  'child_process,cluster,crypto,diagnostics,dns,esm,fetch,fs,http,http2,https,module,net,source_map,timer,tls,undici,url,worker';

/**
 * The cell in a process of its own, in this empty folder: a process that talks as much as Node can make it talk, and
 * that dies of what the cell gave.
 */
export async function crash(
  order: CrashOrder,
  folder: string,
  options: Pick<SourceUnderTest, 'keyIsInEnvironment' | 'usesStreams'> = {},
): Promise<Crash> {
  await mkdir(join(folder, PLANTED));
  await writeFile(join(folder, ORDER_FILE), JSON.stringify(order));
  const { exitCode, stdout, stderr } = await runChild(folder, options.usesStreams ? ALL_BUT_STREAMS : '*');
  if (!stderr.includes(CAME_TO_ITS_END)) {
    throw new Error(`the child process did not get to its end: exit code ${exitCode}`);
  }
  const files = await readNewFiles(folder, options.keyIsInEnvironment === true);
  const printed = [
    { sink: 'stdout of a crash', text: stdout },
    { sink: 'stderr of a crash', text: stderr },
  ];
  return { texts: [...printed, ...files], exitCode, stdout };
}

/** It prints into files: a pipe that is full loses the end of what a dying process prints. */
async function runChild(
  folder: string,
  nodeDebug: string,
): Promise<{ exitCode: number | null; stdout: string; stderr: string }> {
  const paths = ['stdout', 'stderr'].map((name) => join(folder, PLANTED, name));
  const files = await Promise.all(paths.map((path) => open(path, 'a')));
  const child = spawn(process.execPath, ['--report-uncaught-exception', builtChild], {
    cwd: folder,
    stdio: ['ignore', ...files.map(({ fd }) => fd)],
    env: { PATH: process.env['PATH'], NODE_DEBUG: nodeDebug, DEBUG: '*', HOME: folder, TMPDIR: folder },
  });
  const exitCode = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  await Promise.all(files.map((file) => file.close()));
  const [stdout = '', stderr = ''] = await Promise.all(paths.map((path) => readFile(path, 'utf8')));
  return { exitCode, stdout, stderr };
}

async function readNewFiles(folder: string, withoutEnvironment: boolean): Promise<SinkText[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const planted = join(folder, PLANTED);
  const files = entries.filter((entry) => entry.isFile() && !entry.parentPath.startsWith(planted));
  return Promise.all(
    files.map(async (entry) => {
      const content = await readFile(join(entry.parentPath, entry.name), 'utf8');
      const isReport = entry.name.startsWith('report.');
      const shown = isReport && withoutEnvironment ? dropEnvironment(content) : content;
      return { sink: isReport ? 'report of a crash' : `file ${entry.name}`, text: shown };
    }),
  );
}

/** Node writes the whole environment into a report (node --report-exclude-env, from Node 22.13 on). */
function dropEnvironment(report: string): string {
  return JSON.stringify({ ...(JSON.parse(report) as object), environmentVariables: undefined });
}
