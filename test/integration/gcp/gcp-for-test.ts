import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KeySource } from '@magic-hour-keys/core';
import { gcpKeySource, type GcpOptions } from '@magic-hour-keys/gcp';
import {
  startFakeGcp,
  type FakeGcp,
  type FakeGcpOptions,
  type FakeServiceAccountKey,
} from '@magic-hour-keys/testing/fakes/gcp';
import { afterEach, beforeEach, vi } from 'vitest';

export const NAME = 'projects/my-project/secrets/magic-hour';

export interface GcpWorld {
  readonly gcp: FakeGcp;
  /** Of the service account that `source()` logs in as. */
  readonly accountKey: FakeServiceAccountKey;
  /** The private key, and every token that was sent. */
  readonly secrets: readonly string[];
  /** Closed after the test. */
  source(options?: Partial<GcpOptions>): KeySource;
  /** Writes a file into a folder that is removed after the test, and gives its path. */
  write(name: string, text: string): Promise<string>;
}

/** A project of Google for each test, and an environment that knows nothing of any other. */
export function useGcp(options?: FakeGcpOptions): GcpWorld {
  let gcp: FakeGcp;
  let accountKey: FakeServiceAccountKey;
  let folder: string;
  const sources: KeySource[] = [];

  beforeEach(async () => {
    gcp = await startFakeGcp(options);
    accountKey = gcp.createServiceAccountKey();
    folder = await mkdtemp(join(tmpdir(), 'mhk-gcp-'));
    clearGoogleVariables(folder);
  });
  afterEach(async () => {
    await Promise.all(sources.splice(0).map(async (source) => source.close?.()));
    await gcp.close();
    await rm(folder, { recursive: true });
  });

  return {
    get gcp() {
      return gcp;
    },
    get accountKey() {
      return accountKey;
    },
    get secrets() {
      const tokens = gcp.requests.map(({ authorization }) => authorization?.replace('Bearer ', ''));
      return [accountKey.private_key, ...new Set(tokens.filter((token) => token !== undefined))];
    },
    source(given = {}) {
      const isOwnLogin = given.client !== undefined || given.authClient !== undefined;
      const source = gcpKeySource({
        secret: NAME,
        ...(given.client === undefined && { endpoint: gcp.origin }),
        ...(!isOwnLogin && { auth: { method: 'service-account', key: { env: 'KEY' } } }),
        env: { KEY: JSON.stringify(accountKey) },
        ...given,
      });
      sources.push(source);
      return source;
    },
    async write(name, text) {
      const path = join(folder, name);
      await writeFile(path, text, { mode: 0o600 });
      return path;
    },
  };
}

/** Nothing of the machine that runs the tests may answer: no variable, no file, no metadata service. */
function clearGoogleVariables(folder: string): void {
  for (const name of Object.keys(process.env)) {
    if (/^(?:GOOGLE_|GCLOUD_|GCE_|CLOUDSDK_|METADATA_)/.test(name)) vi.stubEnv(name, undefined);
  }
  vi.stubEnv('HOME', folder);
  vi.stubEnv('METADATA_SERVER_DETECTION', 'none');
}

export async function valueOf(reading: ReturnType<KeySource['read']>): Promise<string> {
  const { value } = await reading;
  return typeof value === 'string' ? value : new TextDecoder().decode(value);
}
