import { createSessions, type Sessions } from '@magic-hour-keys/core/author';
import { isRefusedLogin } from './classify.ts';
import type { AwsSettings } from './options.ts';
import { openSession, type AwsSession } from './session.ts';

/** Requests to Secrets Manager over one login, which is made at the first request and again when it no longer works. */
export function createAwsSessions(settings: AwsSettings): Sessions<AwsSession> {
  return createSessions({
    where: { source: 'aws', location: settings.location },
    open: () => openSession(settings),
    end: (session) => session.end(),
    logIn: (session) => session.logIn(),
    isSpent: isRefusedLogin,
    mayBeReplaced: (raw) => !settings.client && isRefusedLogin(raw),
  });
}
