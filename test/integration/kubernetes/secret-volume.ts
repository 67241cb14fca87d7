import { mkdir, mkdtemp, readlink, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A volume as the kubelet's AtomicWriter writes it: one folder for each version, and `..data` leads to the one in force. */
export interface SecretVolume {
  readonly mountPath: string;
  /** Puts another version into place, whole and in one step. */
  put(data: Readonly<Record<string, string | Uint8Array>>): Promise<void>;
  remove(): Promise<void>;
}

export async function createSecretVolume(): Promise<SecretVolume> {
  const mountPath = await mkdtemp(join(tmpdir(), 'mhk-secret-volume-'));
  const visible = new Set<string>();
  let count = 0;

  async function show(name: string): Promise<void> {
    if (visible.has(name)) return;
    visible.add(name);
    await symlink(join('..data', name), join(mountPath, name));
  }

  return {
    mountPath,
    async put(data) {
      count += 1;
      const version = `..2026_05_01_12_00_00.${1_000_000 + count}`;
      await mkdir(join(mountPath, version));
      for (const [name, value] of Object.entries(data)) {
        await writeFile(join(mountPath, version, name), value, { mode: 0o600 });
      }
      const before = await readlink(join(mountPath, '..data')).catch(() => undefined);
      await symlink(version, join(mountPath, '..data_tmp'));
      await rename(join(mountPath, '..data_tmp'), join(mountPath, '..data'));
      for (const name of Object.keys(data)) await show(name);
      for (const name of visible) {
        if (name in data) continue;
        visible.delete(name);
        await rm(join(mountPath, name));
      }
      if (before !== undefined) await rm(join(mountPath, before), { recursive: true });
    },
    remove: () => rm(mountPath, { recursive: true, force: true }),
  };
}
