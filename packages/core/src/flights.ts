import { momentNow, type Moment } from './age.ts';
import { startBoundedRead, type BoundedRead } from './bounded-read.ts';
import { checkReading, type CheckedReading } from './check-reading.ts';
import type { KeyError } from './key-error.ts';
import type { ResolvedKeyPolicy } from './key-policy.ts';
import type { KeyRuntime } from './key-runtime.ts';
import type { KeyReading, KeySource, ReadReason } from './key-source.ts';
import { createRetryBucket } from './retry-bucket.ts';
import { toKeyError } from './to-key-error.ts';

/** One read under way. */
export interface Flight {
  /** Counts all reads: a later one has a higher order. */
  readonly order: number;
  /** Raised by every rejection and invalidation: a read of an older generation may bring what was refused. */
  readonly generation: number;
  readonly reason: ReadReason;
  readonly startedAt: Moment;
  /** The rejected values whose renewal waits for this read. */
  readonly rejected: Set<string>;
}

/** What a read brought. */
export type Landing =
  | { readonly reading: CheckedReading; readonly error?: undefined }
  | { readonly error: KeyError };

export interface FlightsOptions {
  readonly source: KeySource;
  readonly policy: ResolvedKeyPolicy;
  readonly runtime: KeyRuntime;
  readonly isAwaited: () => boolean;
  /** Called with what the source gave, before it is checked. */
  onReading(reading: KeyReading | undefined): void;
  /** Called with the error that the source threw, as it was. */
  onRawError(raw: unknown): void;
  /** Not called after `abortAll`. */
  onLanding(flight: Flight, landing: Landing): void;
}

/** The reads under way: their limits, their retries, and what they bring. */
export interface Flights {
  readonly size: number;
  readonly lastStartedAt: Moment | undefined;
  start(reason: ReadReason, generation: number): Flight;
  has(flight: Flight): boolean;
  /** Whether there is a read of this generation or a later one. */
  isUnderWay(oldestGeneration: number): boolean;
  find(reason: ReadReason): Flight | undefined;
  /** Only a read that somebody waits for may keep the process running. */
  updateKeepAlive(): void;
  abortAll(error: KeyError): void;
}

export function createFlights(options: FlightsOptions): Flights {
  const { source, policy, runtime } = options;
  const flights = new Map<Flight, BoundedRead>();
  const bucket = createRetryBucket();
  let started = 0;
  let lastStartedAt: Moment | undefined;

  function start(reason: ReadReason, generation: number): Flight {
    started += 1;
    lastStartedAt = momentNow(runtime);
    const flight = {
      order: started,
      generation,
      reason,
      startedAt: lastStartedAt,
      rejected: new Set<string>(),
    };
    const read = startBoundedRead({
      source,
      reason,
      runtime,
      bucket,
      deadlineMs: policy.deadlineMs,
      // Rule 8: the first read may have an SDK to load and a login to make.
      attemptMs: started === 1 ? policy.deadlineMs : policy.attemptMs,
      isAwaited: options.isAwaited,
    });
    flights.set(flight, read);
    read.keepAlive(options.isAwaited());
    void read.result.then((result) => {
      if (!flights.delete(flight)) return;
      if (!result.error) bucket.refund();
      if ('raw' in result) options.onRawError(result.raw);
      options.onLanding(flight, result.error ? result : examine(result.reading));
    });
    return flight;
  }

  function examine(reading: KeyReading | undefined): Landing {
    try {
      options.onReading(reading);
      return { reading: checkReading(reading, source, runtime.wallMs()) };
    } catch (raw) {
      return { error: toKeyError(raw, source) };
    }
  }

  return {
    get size() {
      return flights.size;
    },
    get lastStartedAt() {
      return lastStartedAt;
    },
    start,
    has: (flight) => flights.has(flight),
    isUnderWay: (oldest) => [...flights.keys()].some(({ generation }) => generation >= oldest),
    find: (reason) => [...flights.keys()].find((flight) => flight.reason === reason),
    updateKeepAlive() {
      for (const read of flights.values()) read.keepAlive(options.isAwaited());
    },
    abortAll(error) {
      const reads = [...flights.values()];
      flights.clear();
      for (const read of reads) read.abort(error);
    },
  };
}
