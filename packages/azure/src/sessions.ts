import type { KeyFailure } from '@magic-hour-keys/core';
import { createSessions, type Sessions } from '@magic-hour-keys/core/author';
import { isLoginFailure } from './auth/login-failure.ts';
import { isRefusedLogin } from './classify.ts';
import type { AzureSettings } from './options.ts';
import { openSession, type AzureSession } from './session.ts';

/** Requests to the vault over one login, which is made at the first request and again when it no longer works. */
export interface AzureSessions extends Sessions<AzureSession> {
  /** What a failure of the network means, once the transport is there. */
  readonly networkFailure: (error: unknown) => KeyFailure | undefined;
}

export function createAzureSessions(settings: AzureSettings): AzureSessions {
  let networkFailure: AzureSession['networkFailure'] | undefined;
  const sessions = createSessions<AzureSession>({
    where: { source: 'azure', location: settings.location },
    async open() {
      const session = await openSession(settings);
      networkFailure = session.networkFailure;
      return session;
    },
    end: (session) => session.end(),
    // A login that hangs must not be what the next read waits for; and for a minute after a failure of the authority,
    // the SDK would answer from memory instead of asking again.
    isSpent: (raw, session, signal) =>
      (signal.aborted && session.isLoggingIn()) || isLoginFailure(raw) || isRefusedLogin(raw, settings),
    mayBeReplaced: (raw) => !settings.client && isRefusedLogin(raw, settings),
  });
  return { ...sessions, networkFailure: (error) => networkFailure?.(error) };
}
