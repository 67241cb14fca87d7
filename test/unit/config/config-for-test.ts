import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import {
  checkConfig,
  loadKeyProvider,
  type ConfigProblem,
  type LoadKeyProviderOptions,
} from '@magic-hour-keys/config';
import { isKeyError, type KeyError, type ManagedKeyProvider } from '@magic-hour-keys/core';
import { onTestFinished } from 'vitest';
import { temporaryFolder } from '../core/node/temporary-folder.ts';

export interface Project {
  path(name: string): string;
  /** The text as it is, or an object as JSON; folders are made as needed. */
  write(name: string, content: string | Uint8Array | object, mode?: number): Promise<string>;
}

/** A new folder for each test. */
export function temporaryProject(): Project {
  const folder = temporaryFolder();
  async function write(name: string, content: string | Uint8Array | object, mode?: number): Promise<string> {
    await mkdir(dirname(folder.path(name)), { recursive: true });
    const isText = typeof content === 'string' || content instanceof Uint8Array;
    return folder.write(name, isText ? content : JSON.stringify(content), mode);
  }
  return { path: folder.path, write };
}

/** A provider that is closed after the test. No variable of the machine that runs the test is seen. */
export function load(options: LoadKeyProviderOptions): ManagedKeyProvider {
  const provider = loadKeyProvider({ env: {}, ...options });
  onTestFinished(() => provider.close());
  return provider;
}

export function failureOf(options: LoadKeyProviderOptions): KeyError {
  try {
    load(options);
  } catch (error) {
    if (isKeyError(error)) return error;
    throw error;
  }
  throw new Error('no KeyError was thrown');
}

/** The problems of a configuration in code, as `pointer: message`. */
export function problemsOf(config: unknown, options: LoadKeyProviderOptions = {}): readonly string[] {
  return checkConfig({ env: {}, config, ...options }).problems.map(showProblem);
}

export function pointersOf(config: unknown, options: LoadKeyProviderOptions = {}): readonly string[] {
  return checkConfig({ env: {}, config, ...options }).problems.map(({ pointer }) => pointer);
}

export function showProblem({ pointer, message }: ConfigProblem): string {
  return `${pointer}: ${message}`;
}

/** One environment, called `development`. */
export function inDevelopment(environment: unknown): { environments: { development: unknown } } {
  return { environments: { development: environment } };
}
