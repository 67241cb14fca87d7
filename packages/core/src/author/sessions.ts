import { KeyError } from '../index.ts';
import type { KeyPlace } from './key-place.ts';
import { untilAborted } from './until-aborted.ts';

/** Requests over one login, which is made at the first request and anew when it no longer works. */
export interface Sessions<Session> {
  /** @throws KeyError `closed` after `close()`; else what opening, logging in or `run` throws, or the signal's reason. */
  use<T>(signal: AbortSignal, run: (session: Session) => Promise<T>): Promise<T>;
  close(): void;
}

export interface SessionsOptions<Session> {
  readonly where: Required<KeyPlace>;
  /** Loads the SDK and makes its client. */
  readonly open: () => Promise<Session>;
  /** Ends what `open` made. A client that was handed in stays as it is. */
  readonly end: (session: Session) => unknown;
  /**
   * Makes the login, where the SDK has a way to. It can't be aborted: one that fails or hangs must not be what the next
   * read waits for.
   */
  readonly logIn?: ((session: Session) => Promise<unknown>) | undefined;
  /** Whether the session is of no more use after this failure. */
  readonly isSpent: (raw: unknown, session: Session, signal: AbortSignal) => boolean;
  /** Whether credentials that are refused now may have been replaced in the place they came from. */
  readonly mayBeReplaced: (raw: unknown) => boolean;
}

/** A session that is given up is ended by the last read that still uses it. */
interface Lease<Session> {
  readonly opening: Promise<Session>;
  users: number;
  isForgotten: boolean;
}

/** For sources over an SDK whose client holds a login and connections. */
export function createSessions<Session>(options: SessionsOptions<Session>): Sessions<Session> {
  const leases = new Set<Lease<Session>>();
  let current: Lease<Session> | undefined;
  let isClosed = false;

  function open(): Lease<Session> {
    const lease = { opening: options.open(), users: 0, isForgotten: false };
    leases.add(lease);
    return lease;
  }

  function forget(lease: Lease<Session>): void {
    if (current === lease) current = undefined;
    lease.isForgotten = true;
    endUnused(lease);
  }

  function endUnused(lease: Lease<Session>): void {
    if (!lease.isForgotten || lease.users > 0 || !leases.delete(lease)) return;
    lease.opening.then(options.end).catch(() => undefined);
  }

  async function attempt<T>(
    lease: Lease<Session>,
    signal: AbortSignal,
    run: (session: Session) => Promise<T>,
  ): Promise<T> {
    lease.users += 1;
    let loggedIn: Session | undefined;
    try {
      const session = await untilAborted(lease.opening, signal);
      if (options.logIn) await untilAborted(options.logIn(session), signal);
      loggedIn = session;
      return await untilAborted(run(session), signal);
    } catch (raw) {
      if (loggedIn === undefined || options.isSpent(raw, loggedIn, signal)) forget(lease);
      throw raw;
    } finally {
      lease.users -= 1;
      endUnused(lease);
    }
  }

  return {
    async use(signal, run) {
      if (isClosed) throw new KeyError({ code: 'closed', ...options.where });
      const known = current;
      try {
        return await attempt((current ??= open()), signal, run);
      } catch (raw) {
        // Only what worked before can have been replaced; once, within the same read.
        const isWorthwhile = known !== undefined && !signal.aborted && options.mayBeReplaced(raw);
        if (!isWorthwhile || isClosed) throw raw;
      }
      return attempt((current ??= open()), signal, run);
    },
    close() {
      isClosed = true;
      for (const lease of leases) forget(lease);
    },
  };
}
