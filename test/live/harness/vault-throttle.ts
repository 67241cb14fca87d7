import type { VaultAdmin } from './vault-admin.ts';

const MOST_REQUESTS = 50;

export interface Throttling {
  /** What Vault asks for. */
  readonly retryAfterMs: number | undefined;
  readonly end: () => Promise<void>;
}

/** Gives the mount a rate limit, and uses it up. */
export async function throttleMount(admin: VaultAdmin, mount: string, readPath: string): Promise<Throttling> {
  const quota = `sys/quotas/rate-limit/${mount}`;
  await admin.write(quota, { path: mount, rate: 1, interval: '1h' });
  for (let count = 0; count < MOST_REQUESTS; count++) {
    const { status, headers } = await admin.try('GET', readPath);
    if (status !== 429) continue;
    const seconds = Number(headers['retry-after']);
    const retryAfterMs = Number.isFinite(seconds) ? seconds * 1000 : undefined;
    return { retryAfterMs, end: () => admin.remove(quota) };
  }
  await admin.remove(quota);
  throw new Error(`${MOST_REQUESTS} requests in a row did not use up the rate limit`);
}
