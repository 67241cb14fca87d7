import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { envKeySource, type EnvOptions } from '@magic-hour-keys/env';
import type { SourceHarness } from '@magic-hour-keys/testing/conformance';
import { inConfig, type ConfigurableHarness } from './harness-options.ts';

const VARIABLE = 'MAGIC_HOUR_API_KEY';

/** Where the key stands: in the environment, in a file of its own that a variable names, or in a file in .env format. */
export type EnvPlace = 'variable' | 'named file' | 'env file';

/** A place that a value is put into. */
interface Place {
  readonly env: Record<string, unknown>;
  readonly files: readonly string[];
  readonly put: (value: string | Uint8Array) => Promise<void>;
  readonly remove: () => Promise<void>;
  readonly unsupported?: SourceHarness['unsupported'];
}

export async function makeEnvHarness(place: EnvPlace): Promise<ConfigurableHarness> {
  const folder = await mkdtemp(join(tmpdir(), 'mhk-conformance-env-'));
  const { env, files, put, remove, unsupported } = makePlace(place, join(folder, 'key'));
  let requests = 0;
  // Every read asks the environment first, wherever the key stands in the end.
  const counted = new Proxy(env, {
    get(target, name) {
      if (name === VARIABLE) requests += 1;
      return Reflect.get(target, name);
    },
  });

  return {
    name: `env, ${place}`,
    ...inConfig('env', { files }),
    source: (overrides: EnvOptions = {}) => envKeySource({ env: counted, files, ...overrides }),
    put,
    remove,
    break: async (mode) => {
      throw new Error(`a ${place} can not be ${mode}`);
    },
    heal: async () => undefined,
    requestCount: () => requests,
    secrets: [],
    unsupported,
    close: () => rm(folder, { recursive: true }),
  };
}

function makePlace(place: EnvPlace, path: string): Place {
  if (place === 'variable') return makeVariable();
  // A key file that others may read is a warning, or an error in strict mode.
  const write = (content: string | Uint8Array): Promise<void> => writeFile(path, content, { mode: 0o600 });
  const remove = (): Promise<void> => rm(path, { force: true });
  if (place === 'named file') return { env: { [`${VARIABLE}_FILE`]: path }, files: [], put: write, remove };
  return { env: {}, files: [path], put: (value) => write(assign(value)), remove };
}

function makeVariable(): Place {
  const env: Record<string, unknown> = {};
  const reason = 'a variable holds text, never bytes';
  return {
    env,
    files: [],
    put: async (value) => void (env[VARIABLE] = value),
    remove: async () => void delete env[VARIABLE],
    unsupported: { bytes: reason, 'bytes-not-text': reason },
  };
}

/** `MAGIC_HOUR_API_KEY="value"`, byte for byte. */
function assign(value: string | Uint8Array): Uint8Array {
  const bytes = typeof value === 'string' ? Buffer.from(value) : value;
  return Buffer.concat([Buffer.from(`${VARIABLE}="`), bytes, Buffer.from('"\n')]);
}
