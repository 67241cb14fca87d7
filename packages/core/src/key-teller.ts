import { elapsedMs, type Moment } from './age.ts';
import type { ApiKey } from './api-key.ts';
import type { CheckedReading } from './check-reading.ts';
import type { KeyEvent } from './key-event.ts';
import type { KeyReading, KeySource } from './key-source.ts';
import { placeOf, type Place } from './place.ts';
import { withoutUndefined } from './without-undefined.ts';

const DAY_MS = 24 * 60 * 60_000;
const MOST_WARNINGS_REMEMBERED = 32;

type EventOf<Type extends KeyEvent['type']> = Extract<KeyEvent, { readonly type: Type }>;
type FieldsOf<Type extends KeyEvent['type']> = Omit<EventOf<Type>, 'type' | keyof Place> & Partial<Place>;

/** Turns what the refresh policy decides into events; knows what was told already. */
export interface KeyTeller {
  /**
   * Tells an event; its place is the source's own unless the fields name another. They are only asked for when
   * somebody listens: the first fingerprint of a process loads WebCrypto, which takes as long as a local read.
   */
  readonly tell: <Type extends KeyEvent['type']>(type: Type, fields: () => FieldsOf<Type>) => void;
  /** Tells each text once: the same file is read again every few minutes. */
  warn(code: string, message: string): void;
  readonly warnOf: (reading: KeyReading | undefined) => void;
  /** Tells a key older than the limit, at most once a day. */
  tellAge(key: ApiKey, at: Moment): void;
}

export function createKeyTeller(
  source: KeySource,
  maxAgeMs: number,
  emit: (build: () => KeyEvent) => void,
): KeyTeller {
  const warned = new Set<string>();
  let ageToldAt: Moment | undefined;

  const tell: KeyTeller['tell'] = (type, fields) => {
    emit(() => withoutUndefined({ type, ...placeOf(source), ...fields() }) as unknown as KeyEvent);
  };

  function warn(code: string, message: string): void {
    const text = code + message;
    if (warned.has(text) || warned.size >= MOST_WARNINGS_REMEMBERED) return;
    warned.add(text);
    tell('warning', () => ({ code, message }));
  }

  return {
    tell,
    warn,
    warnOf(reading) {
      for (const { code, message } of reading?.warnings ?? []) warn(code, message);
    },
    tellAge({ createdAt, last4 }, at) {
      const ageMs = createdAt ? at.wallMs - createdAt.getTime() : 0;
      const isToldToday = ageToldAt && elapsedMs(ageToldAt, at) < DAY_MS;
      if (ageMs <= maxAgeMs || isToldToday) return;
      ageToldAt = at;
      tell('key-age', () => ({ last4, ageDays: Math.floor(ageMs / DAY_MS) }));
    },
  };
}

/** The fields by which an event names a key: enough to find it in the Developer Hub, and no more. */
export function identify({ key, origin }: CheckedReading): Place & {
  readonly last4: string;
  readonly fingerprint: string;
  readonly version?: string | undefined;
} {
  const { last4, fingerprint, version } = key;
  return { ...placeOf(origin), last4, fingerprint, version };
}
