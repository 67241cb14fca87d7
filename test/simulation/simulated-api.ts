/** Which keys the API accepts, and until when. */
export interface SimulatedApi {
  accepts(value: string): boolean;
  /** From now on, until told otherwise. */
  accept(value: string): void;
  /** At most for so long from now. */
  acceptFor(value: string, ms: number): void;
  revoke(value: string): void;
}

export function createSimulatedApi(nowMs: () => number): SimulatedApi {
  const acceptedUntilMs = new Map<string, number>();
  const untilMs = (value: string): number => acceptedUntilMs.get(value) ?? -Infinity;
  return {
    accepts: (value) => untilMs(value) > nowMs(),
    accept(value) {
      for (const [old, endMs] of acceptedUntilMs) if (endMs <= nowMs()) acceptedUntilMs.delete(old);
      acceptedUntilMs.set(value, Infinity);
    },
    acceptFor: (value, ms) => void acceptedUntilMs.set(value, Math.min(untilMs(value), nowMs() + ms)),
    revoke: (value) => void acceptedUntilMs.delete(value),
  };
}
