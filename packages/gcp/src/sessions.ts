import { createSessions, type Sessions } from '@magic-hour-keys/core/author';
import { codeOfError } from './classify.ts';
import type { GcpSettings } from './options.ts';
import { openSession, type GcpSession } from './session.ts';

/** Requests to Secret Manager over one client, which is made at the first request and anew when it no longer works. */
export function createGcpSessions(settings: GcpSettings): Sessions<GcpSession> {
  const isOurLogin = !settings.client && !settings.authClient;
  return createSessions({
    where: { source: 'gcp', location: settings.location },
    open: () => openSession(settings),
    end: (session) => session.end(),
    logIn: (session) => session.logIn(),
    // A channel that was frozen or cut off hangs or fails for as long as it is kept (grpc-node#2285, #2710), and one
    // that could not connect waits for minutes before it tries again.
    isSpent: (raw, _session, signal) => signal.aborted || BROKEN.has(codeOfError(raw)),
    mayBeReplaced: (raw) => isOurLogin && codeOfError(raw) === 'unauthenticated',
  });
}

const BROKEN: ReadonlySet<string> = new Set(['unavailable', 'timeout', 'unauthenticated']);
