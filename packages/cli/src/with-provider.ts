import { loadKeyProvider } from '@magic-hour-keys/config';
import type { ApiKey, KeyEvent, ManagedKeyProvider } from '@magic-hour-keys/core';
import { locationOf, type EnvironmentOptions } from './environment-options.ts';
import { say, type CliIo } from './io.ts';
import { withProgress } from './terminal/progress.ts';

/** Where a key came from: of a chain, the link that answered. */
export interface FoundKey {
  readonly key: ApiKey;
  readonly source: string;
  readonly location: string;
}

/**
 * Runs something with the provider of the chosen environment. Its warnings go to stderr in the end, because a line that
 * tells of the waiting may stand there meanwhile; for the same reason `run` writes nothing.
 */
export async function withProvider<Result>(
  options: EnvironmentOptions,
  io: CliIo,
  run: (provider: ManagedKeyProvider, events: readonly KeyEvent[]) => Promise<Result>,
): Promise<Result> {
  const events: KeyEvent[] = [];
  const onEvent = (event: KeyEvent): void => void events.push(event);
  const provider = loadKeyProvider({ ...locationOf(options, io), onEvent });
  const { source, location } = provider.health();
  try {
    return await withProgress(io, `mhk: asking ${source} (${location})`, () => run(provider, events));
  } finally {
    await provider.close();
    for (const event of events) if (event.type === 'warning') say(io, `warning: ${event.message}`);
  }
}

/** The key of the chosen environment. */
export async function findKey(options: EnvironmentOptions, io: CliIo): Promise<FoundKey> {
  return withProvider(options, io, async (provider, events) => foundKey(await provider.getKey(), events));
}

/** The events tell which link of a chain it was. */
export function foundKey(key: ApiKey, events: readonly KeyEvent[]): FoundKey {
  const { source, location } = events.find((event) => event.type === 'resolved') ?? {
    source: key.source,
    location: '',
  };
  return { key, source, location };
}
