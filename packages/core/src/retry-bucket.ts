/** Bounds retries to 10 and a tenth of the successes, as gRPC's retry throttling does (proposal A6). */
export interface RetryBucket {
  /** Takes one retry; false when there is none left. */
  take(): boolean;
  refund(): void;
}

const CAPACITY = 10;
const REFUND = 0.1;

export function createRetryBucket(): RetryBucket {
  let tokens = CAPACITY;
  return {
    take() {
      if (tokens < 1) return false;
      tokens -= 1;
      return true;
    },
    refund() {
      tokens = Math.min(CAPACITY, tokens + REFUND);
    },
  };
}
