import type { GetSecretValueCommandInput } from '@aws-sdk/client-secrets-manager';
import { KeyError } from '@magic-hour-keys/core';
import { untilAborted } from '@magic-hour-keys/core/author';
import { isRefusedLogin } from './classify.ts';
import type { AwsSettings } from './options.ts';
import { openSession, type AwsSession } from './session.ts';

/** Requests to Secrets Manager over one login, which is made at the first request and again when it no longer works. */
export interface AwsSessions {
  getSecretValue(input: GetSecretValueCommandInput, signal: AbortSignal): Promise<unknown>;
  close(): void;
}

export function createSessions(settings: AwsSettings): AwsSessions {
  const all = new Set<Promise<AwsSession>>();
  let current: Promise<AwsSession> | undefined;
  let isClosed = false;

  function open(): Promise<AwsSession> {
    const opening = openSession(settings);
    all.add(opening);
    return opening;
  }

  function forget(session: Promise<AwsSession>): void {
    if (current === session) current = undefined;
    if (!all.delete(session)) return;
    session.then(
      (opened) => opened.end(),
      () => undefined,
    );
  }

  /** Waits for a login that can't be aborted: one that fails or hangs must not be what the next read waits for. */
  async function logIn(session: Promise<AwsSession>, signal: AbortSignal): Promise<AwsSession> {
    try {
      const opened = await untilAborted(session, signal);
      await untilAborted(opened.logIn(), signal);
      return opened;
    } catch (raw) {
      forget(session);
      throw raw;
    }
  }

  async function send(
    session: Promise<AwsSession>,
    input: GetSecretValueCommandInput,
    signal: AbortSignal,
  ): Promise<unknown> {
    const opened = await logIn(session, signal);
    try {
      return await opened.send(new opened.sdk.GetSecretValueCommand(input), signal);
    } catch (raw) {
      if (isRefusedLogin(raw)) forget(session);
      throw raw;
    }
  }

  return {
    async getSecretValue(input, signal) {
      if (isClosed) throw new KeyError({ code: 'closed', source: 'aws', location: settings.location });
      const known = current;
      try {
        return await send((current ??= open()), input, signal);
      } catch (raw) {
        // Credentials that worked before may have been replaced, in the file or the variable they came from.
        const mayBeReplaced = known !== undefined && !settings.client && isRefusedLogin(raw);
        if (!mayBeReplaced) throw raw;
      }
      return send((current ??= open()), input, signal);
    },
    close() {
      isClosed = true;
      for (const session of all) forget(session);
    },
  };
}
