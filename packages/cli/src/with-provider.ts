import { loadKeyProvider } from '@magic-hour-keys/config';
import type { KeyEvent, ManagedKeyProvider } from '@magic-hour-keys/core';
import { say, type CliIo } from './io.ts';

export interface EnvironmentOptions {
  readonly env?: string | undefined;
  readonly config?: string | undefined;
}

/** Runs something with the provider of the chosen environment; its warnings go to stderr. */
export async function withProvider<Result>(
  { env: environment, config: file }: EnvironmentOptions,
  io: CliIo,
  run: (provider: ManagedKeyProvider) => Promise<Result>,
): Promise<Result> {
  const onEvent = (event: KeyEvent): void => {
    if (event.type === 'warning') say(io, `warning: ${event.message}`);
  };
  const provider = loadKeyProvider({ environment, file, cwd: io.cwd, env: io.env, onEvent });
  try {
    return await run(provider);
  } finally {
    await provider.close();
  }
}
