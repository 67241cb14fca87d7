import { KeyError, type KeyFailure } from '@magic-hour-keys/core';
import { untilAborted } from '@magic-hour-keys/core/author';
import { isRefusedLogin } from './classify.ts';
import type { AzureSettings } from './options.ts';
import { openSession, type AzureSession } from './session.ts';

/** Requests to the vault over one login, which is made at the first request and again when it no longer works. */
export interface AzureSessions {
  use<T>(signal: AbortSignal, run: (session: AzureSession) => Promise<T>): Promise<T>;
  networkFailure(error: unknown): KeyFailure | undefined;
  close(): void;
}

/** A session that is given up is ended by the last read that still uses it. */
interface Lease {
  readonly opening: Promise<AzureSession>;
  users: number;
  isForgotten: boolean;
}

export function createSessions(settings: AzureSettings): AzureSessions {
  let current: Lease | undefined;
  let networkFailure: AzureSession['networkFailure'] | undefined;
  const leases = new Set<Lease>();
  let isClosed = false;

  function open(): Lease {
    const lease = { opening: openSession(settings), users: 0, isForgotten: false };
    leases.add(lease);
    return lease;
  }

  function end(lease: Lease): void {
    leases.delete(lease);
    lease.opening.then(
      (session) => session.end(),
      () => undefined,
    );
  }

  function forget(lease: Lease): void {
    if (current === lease) current = undefined;
    lease.isForgotten = true;
    if (lease.users === 0) end(lease);
  }

  async function attempt<T>(
    lease: Lease,
    signal: AbortSignal,
    run: (session: AzureSession) => Promise<T>,
  ): Promise<T> {
    lease.users += 1;
    let session: AzureSession | undefined;
    try {
      session = await untilAborted(lease.opening, signal);
      networkFailure = session.networkFailure;
      return await untilAborted(run(session), signal);
    } catch (raw) {
      // A login that hangs must not be what the next read waits for.
      const isHung = signal.aborted && session?.isLoggingIn() !== false;
      if (!session || isHung || isRefusedLogin(raw, settings)) forget(lease);
      throw raw;
    } finally {
      lease.users -= 1;
      if (lease.isForgotten && lease.users === 0) end(lease);
    }
  }

  return {
    async use(signal, run) {
      if (isClosed) throw new KeyError({ code: 'closed', source: 'azure', location: settings.location });
      const known = current;
      try {
        return await attempt((current ??= open()), signal, run);
      } catch (raw) {
        // What worked before may have been replaced, in the file or the variable it came from.
        const mayBeReplaced =
          known !== undefined && !settings.client && isRefusedLogin(raw, settings) && !isClosed;
        if (!mayBeReplaced) throw raw;
      }
      return attempt((current ??= open()), signal, run);
    },
    networkFailure: (error) => networkFailure?.(error),
    close() {
      isClosed = true;
      for (const lease of leases) forget(lease);
    },
  };
}
