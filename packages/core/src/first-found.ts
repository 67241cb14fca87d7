import { KeyError, type KeyErrorCode, type KeyErrorLink } from './key-error.ts';
import type { KeyReading, KeySource, ReadContext } from './key-source.ts';
import { toKeyError } from './to-key-error.ts';

export interface FirstFoundOptions {
  /**
   * The codes after which the next link is asked. Default `not_found` and `not_configured` alone: a store that denies
   * or is down must not silently yield a developer's key from the next link.
   */
  readonly continueOn?: readonly KeyErrorCode[] | undefined;
}

/**
 * One source out of several: the first that has a key, in the order given, found anew on every read. It chains
 * sources rather than providers, so that there is one cache.
 *
 * @throws KeyError `invalid_config` for an empty list.
 */
export function firstFound(sources: readonly KeySource[], options: FirstFoundOptions = {}): KeySource {
  if (sources.length === 0) {
    throw new KeyError({
      code: 'invalid_config',
      message: 'firstFound needs at least one source',
      hint: 'Pass the sources in the order in which they should be asked.',
    });
  }
  const continueOn = new Set<KeyErrorCode>(options.continueOn ?? ['not_found', 'not_configured']);
  let answered: KeySource | undefined;

  async function walk(read: (link: KeySource) => Promise<KeyReading | undefined>): Promise<KeyReading> {
    const links: KeyErrorLink[] = [];
    for (const link of sources) {
      try {
        // Links are asked one after the other on purpose: the order is the meaning.
        // oxlint-disable-next-line no-await-in-loop
        const reading = await read(link);
        if (!reading) continue;
        answered = link;
        return { origin: { name: link.name, location: link.location }, ...reading };
      } catch (raw) {
        const error = toKeyError(raw, link);
        links.push({ source: link.name, location: link.location, code: error.code, hint: error.hint });
        if (!continueOn.has(error.code)) throw withLinks(error, links);
      }
    }
    throw nothingFound(links);
  }

  return {
    name: 'firstFound',
    location: sources.map((link) => `${link.name} (${link.location})`).join(', '),
    read: (context: ReadContext) => walk((link) => link.read(context)),
    async readPrevious(context: ReadContext): Promise<KeyReading | undefined> {
      const link = answered;
      const reading = await link?.readPrevious?.(context);
      return reading && link && { origin: { name: link.name, location: link.location }, ...reading };
    },
    async close(): Promise<void> {
      await Promise.allSettled(sources.map(async (link) => link.close?.()));
    },
    // A getter, because a source that is loaded late has its watch only afterwards.
    get watch(): KeySource['watch'] {
      const watched = sources.filter((link) => link.watch);
      return watched.length === 0 ? undefined : (onChange, context) => watchAll(watched, onChange, context);
    },
  };
}

/** Settles when the first of the streams ends, and then ends the others: core restarts them together. */
async function watchAll(
  sources: readonly KeySource[],
  onChange: () => void,
  { signal }: { signal: AbortSignal },
): Promise<void> {
  const controller = new AbortController();
  const abort = (): void => controller.abort(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  if (signal.aborted) abort();
  try {
    await Promise.race(sources.map((link) => link.watch?.(onChange, { signal: controller.signal })));
  } finally {
    signal.removeEventListener('abort', abort);
    controller.abort();
  }
}

function withLinks(error: KeyError, links: readonly KeyErrorLink[]): KeyError {
  const { code, source, location, hint, retryAfterMs, upstream } = error;
  return new KeyError({ code, source, location, hint, retryAfterMs, upstream, links });
}

const WEAKEST: readonly KeyErrorCode[] = ['not_found', 'not_configured'];

/** The code of the whole is the gravest one among the links, so that a denial is not told as a missing key. */
function nothingFound(links: readonly KeyErrorLink[]): KeyError {
  const codes = links.map((link) => link.code);
  const grave = codes.find((code) => !WEAKEST.includes(code));
  const code = grave ?? WEAKEST.find((weak) => codes.includes(weak)) ?? 'not_found';
  return new KeyError({
    code,
    source: 'firstFound',
    location: links.map((link) => link.source).join(', '),
    message: 'none of the sources has a key',
    hint: links.find((link) => link.hint !== undefined && link.code === code)?.hint,
    links,
  });
}
