import { KeyError } from '@magic-hour-keys/core';
import { codeOfError } from './classify.ts';
import type { GcpSettings } from './options.ts';
import { openSession, type GcpSession } from './session.ts';
import { untilAborted } from './until-aborted.ts';

/** Requests to Secret Manager over one client, which is made at the first request and anew when it no longer works. */
export interface GcpSessions {
  /** @param name the full name of a version */
  access(name: string, signal: AbortSignal): Promise<unknown>;
  close(): void;
}

export function createSessions(settings: GcpSettings): GcpSessions {
  const all = new Set<Promise<GcpSession>>();
  let current: Promise<GcpSession> | undefined;
  let isClosed = false;

  function open(): Promise<GcpSession> {
    const opening = openSession(settings);
    all.add(opening);
    return opening;
  }

  function forget(session: Promise<GcpSession>): void {
    if (current === session) current = undefined;
    if (!all.delete(session)) return;
    session.then(
      (opened) => opened.end(),
      () => undefined,
    );
  }

  /** Waits for a login that can't be aborted: one that fails or hangs must not be what the next read waits for. */
  async function logIn(session: Promise<GcpSession>, signal: AbortSignal): Promise<GcpSession> {
    try {
      const opened = await untilAborted(session, signal);
      await untilAborted(opened.logIn(), signal);
      return opened;
    } catch (raw) {
      forget(session);
      throw raw;
    }
  }

  async function send(session: Promise<GcpSession>, name: string, signal: AbortSignal): Promise<unknown> {
    const opened = await logIn(session, signal);
    try {
      return await opened.access(name, signal);
    } catch (raw) {
      // A channel that was frozen or cut off hangs or fails for as long as it is kept (grpc-node#2285, #2710), and one
      // that could not connect waits for minutes before it tries again.
      if (signal.aborted || isBroken(raw)) forget(session);
      throw raw;
    }
  }

  return {
    async access(name, signal) {
      if (isClosed) throw new KeyError({ code: 'closed', source: 'gcp', location: settings.location });
      const known = current;
      try {
        return await send((current ??= open()), name, signal);
      } catch (raw) {
        // Credentials that worked before may have been replaced, in the file or the variable they came from.
        const isOurLogin = !settings.client && !settings.authClient;
        const mayBeReplaced = known !== undefined && isOurLogin && codeOfError(raw) === 'unauthenticated';
        if (!mayBeReplaced || signal.aborted) throw raw;
      }
      return send((current ??= open()), name, signal);
    },
    close() {
      isClosed = true;
      for (const session of all) forget(session);
    },
  };
}

const BROKEN: ReadonlySet<string> = new Set(['unavailable', 'timeout', 'unauthenticated']);

function isBroken(raw: unknown): boolean {
  return BROKEN.has(codeOfError(raw));
}
