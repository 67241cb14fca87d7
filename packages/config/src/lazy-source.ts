import { KeyError, type KeyReading, type KeySource, type KeyWarning } from '@magic-hour-keys/core';

export interface LazySourceOptions {
  readonly name: string;
  readonly location: string;
  /** Imports the backend and creates its source. Called once, at the first read; again only when it failed. */
  readonly load: () => Promise<KeySource>;
}

/**
 * A source whose module is imported by the first read. Name and location are known at once; what else the source can
 * do shows on this object once it is loaded, which is before core looks for a `watch`.
 */
export function lazySource({ name, location, load }: LazySourceOptions): KeySource {
  let loaded: KeySource | undefined;
  let loading: Promise<KeySource> | undefined;
  let closed = false;

  async function loadOnce(): Promise<KeySource> {
    try {
      loading ??= load();
      loaded = await loading;
    } catch (error) {
      loading = undefined;
      throw error;
    }
    return loaded;
  }

  return mirrorSource({
    name,
    location,
    current: () => loaded,
    async read(context) {
      const source = loaded ?? (await loadOnce());
      if (!closed) return source.read(context);
      await source.close?.();
      throw new KeyError({ code: 'closed', source: name, location });
    },
    async close() {
      closed = true;
      await loaded?.close?.();
    },
  });
}

/** The same source, whose readings also carry these warnings. Core tells each text once. */
export function addWarnings(source: KeySource, warnings: readonly KeyWarning[]): KeySource {
  if (warnings.length === 0) return source;
  return mirrorSource({
    name: source.name,
    location: source.location,
    current: () => source,
    async read(context): Promise<KeyReading> {
      const reading = await source.read(context);
      return { ...reading, warnings: [...(reading.warnings ?? []), ...warnings] };
    },
    close: async () => source.close?.(),
  });
}

interface Mirror {
  readonly name: string;
  readonly location: string;
  readonly current: () => KeySource | undefined;
  readonly read: KeySource['read'];
  readonly close: () => Promise<void>;
}

/** Everything optional is looked up when it is asked for, because the source may not be there yet. */
function mirrorSource({ name, location, current, read, close }: Mirror): KeySource {
  return {
    name,
    location,
    read,
    close,
    get readPrevious(): KeySource['readPrevious'] {
      const source = current();
      return (
        source?.readPrevious && ((context) => source.readPrevious?.(context) ?? Promise.resolve(undefined))
      );
    },
    get classify(): KeySource['classify'] {
      const source = current();
      return source?.classify && ((error) => source.classify?.(error));
    },
    get watch(): KeySource['watch'] {
      const source = current();
      return source?.watch && (async (onChange, context) => source.watch?.(onChange, context));
    },
  };
}
