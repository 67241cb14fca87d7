import { copyKeyError, KeyError, type KeyErrorCode, type KeyErrorLink } from './key-error.ts';
import type { KeyReading, KeySource, ReadContext } from './key-source.ts';
import { placeOf } from './place.ts';
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
    throw new KeyError({ code: 'invalid_config', hint: 'Pass firstFound at least one source.' });
  }
  const continueOn = options.continueOn ?? NO_KEY_HERE;
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
        return withOrigin(link, reading);
      } catch (raw) {
        const error = toKeyError(raw, link);
        links.push({ ...placeOf(link), code: error.code, hint: error.hint });
        if (!continueOn.includes(error.code)) throw copyKeyError(error, links);
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
      return reading && link && withOrigin(link, reading);
    },
    async close(): Promise<void> {
      await Promise.allSettled(sources.map(async (link) => link.close?.()));
    },
    // A getter, because a source that is loaded late has its watch only afterwards.
    get watch(): KeySource['watch'] {
      const watched = sources.filter((link) => link.watch);
      if (watched.length === 0) return undefined;
      // The first stream that ends ends all: core aborts their signal and starts them again together.
      return (...args) => Promise.race(watched.map(async (link) => link.watch?.(...args)));
    },
  };
}

function withOrigin({ name, location }: KeySource, reading: KeyReading): KeyReading {
  return { origin: { name, location }, ...reading };
}

/** What says no more than that this link has no key. */
const NO_KEY_HERE: readonly KeyErrorCode[] = ['not_found', 'not_configured'];

/** The verdict of the whole is the gravest among the links, so that a denial is not told as a missing key. */
function nothingFound(links: readonly KeyErrorLink[]): KeyError {
  const gravest =
    links.find(({ code }) => !NO_KEY_HERE.includes(code)) ??
    links.find(({ code }) => code === 'not_found') ??
    links[0];
  return new KeyError({
    code: gravest?.code ?? 'not_found',
    source: 'firstFound',
    location: links.map((link) => link.source).join(', '),
    message: 'no source has a key',
    hint: gravest?.hint,
    links,
  });
}
