import { KeyError, type KeyReading } from '@magic-hour-keys/core';
import { makeTestKey } from '@magic-hour-keys/testing';
import { spoiled, type WrongSource } from './spoiled.ts';

/** What it makes of a store that says no. */
export const WRONG_FAILURES: readonly WrongSource[] = [
  {
    mistake: 'takes no notice of an abort',
    fails: ['abort', 'aborted-before'],
    makeHarness: spoiled((right) => ({
      read: ({ reason }) => right.read({ reason, signal: new AbortController().signal }),
    })),
  },
  {
    mistake: 'makes up a key when it is aborted',
    fails: ['abort', 'aborted-before'],
    makeHarness: spoiled((right) => ({
      read: (context) =>
        right.read(context).catch((error: unknown): KeyReading => {
          if (context.signal.aborted) return { value: makeTestKey() };
          throw error;
        }),
    })),
  },
  {
    mistake: 'throws what is no error',
    fails: ['denied', 'denied-link'],
    makeHarness: spoiled((right) => ({
      read: (context) =>
        right.read(context).catch((error: unknown) => {
          throw (error as { status?: number }).status === 403 ? 'refused' : error;
        }),
    })),
  },
  {
    mistake: 'quotes the value in a hint',
    fails: ['field-not-text'],
    makeHarness: spoiled((right, { store }) => ({
      read: (context) =>
        right.read(context).catch((error: { code?: string }) => {
          if (error.code !== 'invalid_key' || !store.current.includes('[')) throw error;
          throw new KeyError({ code: 'invalid_key', hint: `Correct this value: ${store.current}` });
        }),
    })),
  },
  {
    mistake: "passes the SDK's text on as a hint",
    fails: ['malformed'],
    makeHarness: spoiled(({ classify }) => ({
      classify(error) {
        const { message, status } = error as { message: string; status?: number };
        return status === 200 ? { code: 'unknown', hint: message } : classify?.(error);
      },
    })),
  },
  {
    mistake: 'takes a refusal for a missing key',
    fails: ['denied', 'denied-link'],
    makeHarness: spoiled(({ classify }) => ({
      classify: (error) => ((error as { status?: number }).status === 403 ? 'not_found' : classify?.(error)),
    })),
  },
  {
    mistake: 'does not say what to do about a refusal',
    fails: ['denied'],
    makeHarness: spoiled(({ classify }) => ({
      classify: (error) =>
        (error as { status?: number }).status === 403 ? 'access_denied' : classify?.(error),
    })),
  },
  {
    mistake: 'forgets how long to wait',
    fails: ['throttled'],
    makeHarness: spoiled(({ classify }) => ({
      classify: (error) => ((error as { status?: number }).status === 429 ? 'throttled' : classify?.(error)),
    })),
  },
];
