import { describe, expect, it } from 'vitest';
import { createApiKey, type ApiKey } from '@magic-hour-keys/core';
import { makeTestKey } from '@magic-hour-keys/testing';
import { holdAnswer } from '../../../packages/http/src/undici/hold-answer.ts';

const MANY_BYTES = 65 * 1024;

/** A refused answer that comes in, the store that is asked meanwhile, and a diary of what became of them. */
function refuse(signal?: AbortSignal) {
  const diary: string[] = [];
  let decide!: (other: ApiKey | undefined) => void;
  let giveUp!: (reason: Error) => void;
  const renewed = new Promise<ApiKey | undefined>((resolve, reject) => {
    decide = resolve;
    giveUp = reject;
  });
  const held = holdAnswer(
    { signal, renew: () => renewed, sendAgain: () => void diary.push('sent again') },
    {
      resume: () => void diary.push('resumed'),
      stop: () => void diary.push('stopped'),
      fail: (error) => void diary.push(`failed: ${(error as Error).message}`),
    },
  );
  const add = (name: string, bytes = 0): boolean => held.add(() => diary.push(name), bytes);
  const end = (name = 'end'): void => held.end(() => diary.push(name));
  return { diary, held, add, end, decide, giveUp };
}

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const otherKey = (): ApiKey => createApiKey(makeTestKey(), { source: 'test' });

describe('an answer of 401 that is held back', () => {
  it('is shown to nobody while the store is asked', async () => {
    const { diary, add, end } = refuse();
    expect(add('head')).toBe(true);
    expect(add('data', 100)).toBe(true);
    end();
    await settle();
    expect(diary).toEqual([]);
  });

  it('is given to the client as it came when there is no other key', async () => {
    const { diary, add, end, decide } = refuse();
    add('head');
    add('data', 100);
    decide(undefined);
    await settle();
    add('more', 100);
    end();
    expect(diary).toEqual(['head', 'data', 'more', 'end']);
  });

  it('is stopped when it grows too large, and goes on in its order when the client gets it', async () => {
    const { diary, add, end, decide } = refuse();
    add('head');
    expect(add('data', MANY_BYTES)).toBe(false);
    decide(undefined);
    await settle();
    expect(diary).toEqual(['resumed', 'head', 'data']);
    expect(add('more', 100)).toBe(true);
    end();
    expect(diary).toEqual(['resumed', 'head', 'data', 'more', 'end']);
  });

  it('is read away when there is another key, and then the request is sent again', async () => {
    const { diary, add, end, decide } = refuse();
    add('head');
    decide(otherKey());
    await settle();
    add('data', 100);
    expect(diary).toEqual([]);
    end();
    await settle();
    expect(diary).toEqual(['sent again']);
  });

  it('is given up when it is too long to be read away', async () => {
    const { diary, add, decide } = refuse();
    add('head');
    decide(otherKey());
    await settle();
    expect(add('data', MANY_BYTES)).toBe(false);
    await settle();
    expect(diary).toEqual(['stopped', 'sent again']);
  });

  it('counts as a 401 also when its connection breaks in the middle', async () => {
    const { diary, add, end, decide } = refuse();
    add('head');
    end('broken');
    decide(otherKey());
    await settle();
    expect(diary).toEqual(['sent again']);
  });

  it('is followed by nothing when the client has given up meanwhile', async () => {
    const { diary, held, add, decide } = refuse();
    add('head');
    held.abandon();
    decide(otherKey());
    await settle();
    expect(diary).toEqual([]);
  });

  it('ends with the reason of an abort while it is read away, and nothing is sent', async () => {
    const controller = new AbortController();
    const { diary, add, end, decide } = refuse(controller.signal);
    add('head');
    decide(otherKey());
    await settle();
    controller.abort(new Error('enough'));
    end();
    await settle();
    expect(diary).toEqual(['failed: enough']);
  });

  it('ends with what the decision was rejected with', async () => {
    const { diary, add, giveUp } = refuse();
    add('head');
    giveUp(new Error('enough'));
    await settle();
    expect(diary).toEqual(['stopped', 'failed: enough']);
  });
});
