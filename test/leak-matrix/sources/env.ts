import { randomUUID } from 'node:crypto';
import { chmod, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { createKeyProvider } from '@magic-hour-keys/core';
import type { ManagedKeyProvider } from '@magic-hour-keys/core';
import { envKeyProvider, envKeySource } from '@magic-hour-keys/env';
import type { Setting, SourceUnderTest, StoredValue } from '../source-under-test.ts';

const VARIABLE = 'LEAK_MATRIX_KEY';

export const envFile: SourceUnderTest = {
  name: 'env, .env file',
  async open({ canaries, folder }) {
    const path = join(folder, '.env');
    const store = (value: StoredValue): Promise<boolean> => writeSettledFile(path, asAssignment(value));
    await store(canaries.key);
    return {
      source: envKeySource({ variable: VARIABLE, files: ['.env'], cwd: folder, env: {} }),
      hasRealIo: true,
      store,
      wrongOptions: {
        'a key as the name of the variable': () => envKeyProvider({ variable: canaries.key }),
        'a key as the name of the file': () => envKeyProvider({ files: [canaries.key] }),
        'a key instead of the list of files': () => envKeyProvider({ files: canaries.key as never }),
        'others may read the file': () => openToOthers({ canaries, folder }),
      },
    };
  },
};

/** The whole file is the key, and a variable names the file. */
export const envMountedFile: SourceUnderTest = {
  name: 'env, mounted file',
  async open({ canaries, folder }) {
    const path = join(folder, 'key');
    const store = (value: StoredValue): Promise<boolean> => writeSettledFile(path, value);
    await store(canaries.key);
    return {
      source: envKeySource({ variable: VARIABLE, files: [], env: { [`${VARIABLE}_FILE`]: path } }),
      hasRealIo: true,
      store,
      wrongOptions: {
        'a key where the path belongs': () =>
          envKeyProvider({ variable: VARIABLE, files: [], env: { [`${VARIABLE}_FILE`]: canaries.key } }),
      },
    };
  },
};

export const envVariable: SourceUnderTest = {
  name: 'env, variable',
  keyIsInEnvironment: true,
  async open({ canaries }) {
    // Several cells run at once, and they share one environment.
    const variable = `${VARIABLE}_${randomUUID().replaceAll('-', '')}`;
    process.env[variable] = canaries.key;
    return {
      source: envKeySource({ variable, files: [] }),
      hasRealIo: true,
      async store(value) {
        if (value === undefined) delete process.env[variable];
        // The operating system ends a variable at its first NUL.
        else if (typeof value !== 'string' || value.includes('\0')) return false;
        else process.env[variable] = value;
        return true;
      },
      async close() {
        delete process.env[variable];
      },
    };
  },
};

/** In double quotes a line break is `\n`; whatever holds quotes itself goes between others. */
function asAssignment(value: StoredValue): StoredValue {
  if (value === undefined) return undefined;
  if (typeof value !== 'string')
    return Buffer.concat([Buffer.from(`${VARIABLE}="`), value, Buffer.from('"\n')]);
  const quote = value.includes('"') ? "'" : '"';
  return `${VARIABLE}=${quote}${value.replaceAll('\n', quote === '"' ? '\\n' : '\n')}${quote}\n`;
}

/** Nobody has touched it for a minute, so it counts as written to its end. */
async function writeSettledFile(path: string, content: StoredValue): Promise<boolean> {
  if (content === undefined) {
    await rm(path, { force: true });
    return true;
  }
  await writeFile(path, content, { mode: 0o600 });
  const past = new Date(Date.now() - 60_000);
  await utimes(path, past, past);
  return true;
}

function openToOthers({ canaries, folder }: Setting): ManagedKeyProvider {
  const path = join(folder, 'open.env');
  const options = { variable: VARIABLE, files: [path], cwd: folder, env: {}, strict: true };
  const source = envKeySource(options);
  return createKeyProvider({
    ...source,
    async read(context) {
      await writeSettledFile(path, asAssignment(canaries.key));
      await chmod(path, 0o644);
      return source.read(context);
    },
  });
}
