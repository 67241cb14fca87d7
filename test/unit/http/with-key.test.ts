import { describe, expect, it } from 'vitest';
import { withKey } from '@magic-hour-keys/http';
import type { HttpEvent, KeyAttempt, WithKeyOptions } from '@magic-hour-keys/http';
import { createHandWrittenProvider } from './hand-written-provider.ts';

const URL_OF_API = 'https://api.magichour.ai/v1/x';

interface Answer {
  readonly status: number;
  readonly sent: string;
  readonly attempt: number;
}

/** A client that knows nothing of keys, and an API that accepts the rotated key alone. */
function createRotatedWorld() {
  const provider = createHandWrittenProvider();
  const old = provider.current;
  const attempts: number[] = [];
  function send({ headersFor, attempt }: KeyAttempt): Answer {
    const { Authorization: sent } = headersFor(URL_OF_API);
    attempts.push(attempt);
    if (attempt === 1) provider.use(`${old.reveal()}x`);
    return { status: sent === `Bearer ${old.reveal()}` ? 401 : 200, sent, attempt };
  }
  return { provider, old, attempts, send };
}

describe('withKey', () => {
  it('runs my call with the header for the URL I name, and gives me its result', async () => {
    const provider = createHandWrittenProvider({ warm: false });
    const result = await withKey(provider, async ({ headersFor, attempt }) => [
      headersFor(URL_OF_API),
      attempt,
    ]);
    expect(result).toEqual([{ Authorization: `Bearer ${provider.current.reveal()}` }, 1]);
  });

  it.each<[string, (answer: Answer) => unknown]>([
    ['a result with status 401', (answer) => answer],
    ['a result with statusCode 401', (answer) => ({ statusCode: answer.status, sent: answer.sent })],
    ['a result with response.status 401', (answer) => ({ response: answer, sent: answer.sent })],
    ['an error with status 401', throwIfRefused((answer) => ({ status: answer.status }))],
    [
      'an error with response.statusCode 401',
      throwIfRefused((answer) => ({ response: { statusCode: answer.status } })),
    ],
  ])('runs it once more with another key after %s', async (_, shape) => {
    const { provider, attempts, send } = createRotatedWorld();
    const result = await withKey(provider, async (attempt) => shape(send(attempt)));
    expect(result).toMatchObject({ sent: `Bearer ${provider.current.reveal()}` });
    expect(attempts).toEqual([1, 2]);
  });

  it('asks me what a refusal looks like when I say so', async () => {
    const { provider, attempts, send } = createRotatedWorld();
    const options: WithKeyOptions<string> = { isUnauthorized: ({ result }) => result === 'who are you?' };
    await withKey(provider, (attempt) => (send(attempt).status === 401 ? 'who are you?' : 'hello'), options);
    expect(attempts).toEqual([1, 2]);
  });

  it('gives me the first answer, or throws the first error, when there is no other key', async () => {
    const provider = createHandWrittenProvider();
    const answer = { status: 401 };
    const error = Object.assign(new Error('401'), answer);
    let calls = 0;
    const send = ({ headersFor }: KeyAttempt): typeof answer => {
      calls += 1;
      headersFor(URL_OF_API);
      return answer;
    };
    await expect(withKey(provider, send)).resolves.toBe(answer);
    const fail = (attempt: KeyAttempt): never => {
      send(attempt);
      throw error;
    };
    await expect(withKey(provider, fail)).rejects.toBe(error);
    expect(calls).toBe(2);
    expect(provider.refused).toHaveLength(2);
  });

  it('throws even undefined, if that is what my call threw', async () => {
    const provider = createHandWrittenProvider();
    await expect(withKey(provider, () => Promise.reject(undefined))).rejects.toBeUndefined();
  });

  it('gives me the second answer whatever it is', async () => {
    const provider = createHandWrittenProvider();
    const answered = withKey(provider, ({ headersFor, attempt }) => {
      headersFor(URL_OF_API);
      provider.use(`${provider.current.reveal()}x`);
      return { status: 401, attempt };
    });
    await expect(answered).resolves.toEqual({ status: 401, attempt: 2 });
    expect(provider.refused).toHaveLength(1);
  });

  it.each([402, 403, 404, 422, 429, 500])('leaves the key alone after %i', async (status) => {
    const provider = createHandWrittenProvider();
    await withKey(provider, ({ headersFor }) => ({ status, ...headersFor(URL_OF_API) }));
    expect(provider.refused).toHaveLength(0);
  });

  it('leaves the key alone after a 401 of a call that never asked for it', async () => {
    const provider = createHandWrittenProvider();
    await expect(withKey(provider, () => ({ status: 401 }))).resolves.toEqual({ status: 401 });
    expect(provider.refused).toHaveLength(0);
  });

  it('throws for any URL off the list', async () => {
    const provider = createHandWrittenProvider();
    for (const url of ['https://evil.test/', 'http://api.magichour.ai/', '/v1/x']) {
      await expect(withKey(provider, ({ headersFor }) => headersFor(url))).rejects.toMatchObject({
        code: 'origin_not_allowed',
      });
    }
  });

  it('does not run it twice when `replay` is never, and tells so', async () => {
    const { provider, attempts, send, old } = createRotatedWorld();
    const events: HttpEvent[] = [];
    await withKey(provider, send, { replay: 'never', onEvent: (event) => events.push(event) });
    expect(attempts).toEqual([1]);
    expect(events).toEqual([
      {
        type: 'unauthorized',
        origin: 'https://api.magichour.ai',
        last4: old.last4,
        outcome: 'replay-refused',
      },
    ]);
  });

  it('reads a refused response away before the second run', async () => {
    const provider = createHandWrittenProvider();
    const refused = new Response('refused', { status: 401 });
    const usedBefore: boolean[] = [];
    await withKey(provider, ({ headersFor, attempt }) => {
      headersFor(URL_OF_API);
      usedBefore.push(refused.bodyUsed);
      provider.use(`${provider.current.reveal()}x`);
      return attempt === 1 ? refused : new Response('welcome');
    });
    expect(usedBefore).toEqual([false, true]);
  });
});

function throwIfRefused(shape: (answer: Answer) => object): (answer: Answer) => Answer {
  return (answer) => {
    if (answer.status === 401) throw Object.assign(new Error('refused'), shape(answer));
    return answer;
  };
}
