import type { KeyReading, KeySource, ReadContext } from '@magic-hour-keys/core';
import type { Ending } from './route.ts';

/** A source whose reads can be watched from beside the provider that makes them. */
export interface TappedSource {
  readonly source: KeySource;
  /** How the read that was started last ends. */
  latest(): Promise<Ending>;
  /** Settles as the source's own close does, for which a provider waits only so long. */
  closing(): Promise<void>;
}

export function tapSource(source: KeySource): TappedSource {
  let latest: Promise<Ending> | undefined;
  let closing: Promise<void> = Promise.resolve();

  async function read(context: ReadContext): Promise<KeyReading> {
    return source.read(context);
  }

  return {
    source: {
      name: source.name,
      location: source.location,
      read(context) {
        const reading = read(context);
        latest = reading.then(
          (value): Ending => ({ reading: value }),
          (error: unknown): Ending => ({ error }),
        );
        return reading;
      },
      classify: (error) => source.classify?.(error),
      close() {
        closing = (async () => source.close?.())();
        return closing;
      },
    },
    latest() {
      if (!latest) throw new Error('nothing was read yet');
      return latest;
    },
    closing: () => closing,
  };
}
