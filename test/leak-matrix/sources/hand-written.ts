import { createKeyProvider } from '@magic-hour-keys/core';
import type { KeyErrorCode, KeyFailure, KeyReading, KeySource, ReadContext } from '@magic-hour-keys/core';
import { asReading, type Behaviour, type SourceUnderTest, type StoredValue } from '../source-under-test.ts';

/** A backend as somebody outside of this repository writes it, over an SDK whose errors carry everything. */
export const handWritten: SourceUnderTest = {
  name: 'hand-written source',
  suffersEverything: 'in process',
  async open({ canaries: { key, credential } }) {
    const { source, store, misbehave } = createHandWritten(key);
    const wrongOptions = {
      'a key as a duration': () => createKeyProvider(source, { freshMs: key as never }),
      'a credential as a switch': () => createKeyProvider(source, { watch: credential as never }),
    };
    return { source, hasRealIo: false, store, misbehave, wrongOptions };
  },
};

export interface HandWritten {
  readonly source: KeySource;
  store(value: StoredValue): Promise<boolean>;
  misbehave(behaviour: Behaviour): boolean;
}

export function createHandWritten(key: string): HandWritten {
  let stored: StoredValue = key;
  let behaviour: Behaviour | undefined;

  async function read(context: ReadContext): Promise<KeyReading> {
    switch (behaviour?.kind) {
      case 'fail':
        throw behaviour.with();
      case 'answer':
        return asReading(behaviour.with());
      case 'hang':
        return hang(context.signal, behaviour.failLater);
      case 'members':
        if (behaviour.members.read) return behaviour.members.read(context);
        break;
      case 'store':
      case undefined:
    }
    if (stored === undefined) throw Object.assign(new Error('no such secret'), { status: 404 });
    return { value: stored, version: '1' };
  }

  return {
    source: {
      name: 'hand-written',
      location: 'a store that talks too much',
      read,
      classify: (error) => (membersOf(behaviour).classify ?? classifyByStatus)(error),
      watch: (onChange, context) => membersOf(behaviour).watch?.(onChange, context) ?? untilAborted(context),
      close: async () => membersOf(behaviour).close?.(),
    },
    async store(value) {
      stored = value;
      return true;
    },
    misbehave(next) {
      if (next.kind === 'store') return false;
      behaviour = next;
      return true;
    },
  };
}

function membersOf(behaviour: Behaviour | undefined): Partial<KeySource> {
  return behaviour?.kind === 'members' ? behaviour.members : {};
}

/** Ignores the signal, as SDKs do, and may fail when nobody waits any more. */
function hang(signal: AbortSignal, failLater: (() => unknown) | undefined): Promise<KeyReading> {
  return new Promise((_resolve, reject) => {
    if (failLater) signal.addEventListener('abort', () => queueMicrotask(() => reject(failLater())));
  });
}

function untilAborted({ signal }: { readonly signal: AbortSignal }): Promise<void> {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}

const CODES: Readonly<Record<number, KeyErrorCode>> = {
  401: 'unauthenticated',
  403: 'access_denied',
  404: 'not_found',
  429: 'throttled',
  500: 'unavailable',
};

/** As the contract asks for it: a code and the fields of the allow-list. */
function classifyByStatus(error: unknown): KeyFailure | undefined {
  const status: unknown = typeof error === 'object' && error !== null && Reflect.get(error, 'status');
  const code = typeof status === 'number' ? CODES[status] : undefined;
  if (code === undefined || typeof status !== 'number') return undefined;
  return { code, retryAfterMs: status === 429 ? 7000 : undefined, upstream: { name: 'SdkError', status } };
}
