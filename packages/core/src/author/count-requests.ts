/** Knows when the last request is over, so that a client is not closed below one that is still under way. */
export interface RequestCount {
  count<Result>(request: Promise<Result>): Promise<Result>;
  /** Calls `close` when nothing is under way. */
  end(): void;
}

/** @param close is called as soon as it has ended and nothing is under way */
export function countRequests(close: () => void): RequestCount {
  let underWay = 0;
  let hasEnded = false;
  return {
    async count(request) {
      underWay += 1;
      try {
        return await request;
      } finally {
        underWay -= 1;
        if (hasEnded && underWay === 0) close();
      }
    },
    end() {
      hasEnded = true;
      if (underWay === 0) close();
    },
  };
}
