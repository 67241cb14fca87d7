import { writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadKeyProvider } from '@magic-hour-keys/config';
import type { ManagedKeyProvider } from '@magic-hour-keys/core';
import type { Canaries } from '../canaries.ts';
import type { OpenSource, Setting, SourceUnderTest } from '../source-under-test.ts';
import { envFile } from './env.ts';
import { createHandWritten } from './hand-written.ts';

/** A JSON file that names the env source. */
export const configFile: SourceUnderTest = {
  name: 'config, .env file',
  async open(setting) {
    const env = await envFile.open(setting);
    const development = { source: 'env', variable: 'LEAK_MATRIX_KEY', files: ['.env'] };
    const file = await writeConfig(setting, JSON.stringify({ environments: { development } }));
    return {
      ...env,
      createProvider: (options) =>
        loadKeyProvider({ file, environment: 'development', env: {}, cwd: setting.folder, ...options }),
      wrongOptions: wrongConfigs(setting),
    };
  },
};

/** A JSON chain whose last link was made in code. */
export const configChain: SourceUnderTest = {
  name: 'config, chain',
  async open({ canaries, folder }): Promise<OpenSource> {
    const { source, store, misbehave } = createHandWritten(canaries.key);
    const production = { firstFound: [{ source: 'env', files: [] }, 'internal'] };
    return {
      source,
      hasRealIo: false,
      createProvider: (options) =>
        loadKeyProvider({
          config: { environments: { production } },
          environment: 'production',
          sources: { internal: source },
          env: {},
          cwd: folder,
          ...options,
        }),
      store,
      misbehave,
    };
  },
};

/** Secrets where none belong, in a file that people commit. Nothing of it may come back in the error. */
function wrongConfigs({ canaries, folder }: Setting): Readonly<Record<string, () => ManagedKeyProvider>> {
  const load = (config: unknown, environment = 'production'): ManagedKeyProvider =>
    loadKeyProvider({ config, environment, env: {}, cwd: folder });
  const withOptions = (options: object): ManagedKeyProvider =>
    load({ environments: { production: { source: 'env', ...options } } });
  const { key, credential, body } = canaries;
  return {
    'a key as an option of the config': () => withOptions({ variable: key }),
    'a key in a list of the config': () => withOptions({ files: ['.env', key] }),
    'a key under a name that the config does not know': () => withOptions({ apiKey: key, token: credential }),
    'a key as the name of an option': () => withOptions({ [key]: true }),
    'a credential of the wrong type': () =>
      withOptions({ variable: [credential], strict: body, policy: credential }),
    'a credential as a duration': () => withOptions({ policy: { fresh: credential, [key]: '5m' } }),
    'a key as the source': () => load({ environments: { production: { source: key } } }),
    'a key as the environment that is asked for': () =>
      load({ environments: { production: { source: 'env' } } }, key),
    'a key as the name of an environment': () => load({ environments: { [key]: { source: 'env' } } }),
    'a key instead of the config': () => load(key),
    'a key as the path of the config': () => loadKeyProvider({ file: key, env: {}, cwd: folder }),
    'a key in the variable that names the config': () =>
      loadKeyProvider({ env: { MAGIC_HOUR_KEYS_CONFIG: key }, cwd: folder }),
    'a key in MAGIC_HOUR_ENV': () =>
      loadKeyProvider({
        config: { environments: { production: { source: 'env' } } },
        env: { MAGIC_HOUR_ENV: key },
        cwd: folder,
      }),
    ...brokenFiles(canaries, folder),
  };
}

function brokenFiles(canaries: Canaries, folder: string): Readonly<Record<string, () => ManagedKeyProvider>> {
  const text = `{"environments":{"production":{"source":"env","token":"${canaries.credential}","key":"${canaries.key}"}}}`;
  const load = (content: string): ManagedKeyProvider => {
    writeFileSync(join(folder, 'broken.json'), content);
    return loadKeyProvider({
      file: join(folder, 'broken.json'),
      environment: 'production',
      env: {},
      cwd: folder,
    });
  };
  return {
    'a config that ends inside the key': () => load(text.slice(0, -20)),
    'a config with the key twice': () => load(text.replace('"token"', `"key":"${canaries.key}","token"`)),
    'a config without quotes around the key': () => load(text.replaceAll(`"${canaries.key}"`, canaries.key)),
    'a config that is the .env file': () => load(`MAGIC_HOUR_API_KEY=${canaries.key}\n`),
  };
}

async function writeConfig({ folder }: Setting, text: string): Promise<string> {
  const path = join(folder, 'magic-hour-keys.json');
  await writeFile(path, text);
  return path;
}
