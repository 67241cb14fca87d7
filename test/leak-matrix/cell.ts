import { mkdir, mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { makeCanaries, secretsOf } from './canaries.ts';
import type { SinkText } from './cell-sinks.ts';
import type { Column } from './columns.ts';
import { crash, type Crash } from './crash.ts';
import type { Addresses, CellSetting } from './cell-run.ts';
import { startServers } from './servers.ts';
import type { SourceUnderTest } from './source-under-test.ts';

/** One source and one failure, with secrets, a folder and servers of their own: cells run side by side. */
export interface Cell extends CellSetting {
  readonly secrets: readonly string[];
  /** The same in a process of its own. */
  crash(): Promise<Crash>;
  /** What somebody else's server has received. */
  foreignRequests(): SinkText;
  close(): Promise<void>;
}

const NOWHERE: Addresses = { api: '', foreign: '', closed: '', broken: '' };

export async function openCell(
  { name: row, ...printed }: Pick<SourceUnderTest, 'name' | 'keyIsInEnvironment' | 'usesStreams'>,
  column: Pick<Column, 'name' | 'usesServers' | 'prepare'>,
  root: string,
): Promise<Cell> {
  const canaries = makeCanaries();
  const folder = await mkdtemp(join(root, 'cell-'));
  const servers = column.usesServers ? await startServers() : undefined;
  if (servers) column.prepare?.(servers, canaries);
  const addresses = servers?.addresses ?? NOWHERE;
  return {
    canaries,
    secrets: secretsOf(canaries),
    folder,
    addresses,
    async crash() {
      const crashFolder = join(folder, 'crash');
      await mkdir(crashFolder);
      const order = { row, column: column.name, canaries, addresses };
      return crash(order, crashFolder, printed);
    },
    foreignRequests: () => ({
      sink: 'what another server got',
      text: JSON.stringify(servers?.foreign.requests ?? []),
    }),
    close: async () => servers?.close(),
  };
}
